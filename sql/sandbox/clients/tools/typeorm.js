// The story by typeorm, each migration in a transaction.
"use strict";
require("reflect-metadata");
const { DataSource, Table, TableIndex, TableColumn } = require("typeorm");
const { server, database, migrations, say, tell } = require("./story.js");

// A migration of typeorm is a class whose name ends with a time.
const classes = (n) =>
  migrations(n).map((m, i) => {
    const name = `${m.name}${1700000000000 + i}`;
    return {
      [name]: class {
        name = name;
        async up(runner) {
          if (m.table) {
            await runner.createTable(new Table({
              name: "job",
              columns: [
                { name: "id", type: "int", isPrimary: true, isGenerated: true, generationStrategy: "increment" },
                { name: "title", type: "nvarchar", length: "50", isUnique: true },
                { name: "cost", type: "decimal", precision: 9, scale: 2, isNullable: true },
                { name: "done", type: "bit", default: 0 },
              ],
            }), true);
            await runner.addColumn("job", new TableColumn({ name: "note", type: "nvarchar", length: "20", isNullable: true }));
            await runner.createIndex("job", new TableIndex({ name: "ix_job_cost", columnNames: ["cost"] }));
            await runner.query("INSERT INTO job (title, cost) VALUES (@0, NULL), (@1, @2)", ["Oil", "Brakes", 12.5]);
          }
          for (const statement of m.statements) await runner.query(statement);
        }
        async down() {}
      },
    }[name];
  });

const using = (database, n, work) => async () => {
  const source = new DataSource({
    type: "mssql",
    host: server.host,
    port: server.port,
    username: server.user,
    password: server.password,
    database,
    migrations: classes(n),
    options: { encrypt: server.encrypt, trustServerCertificate: true },
  });
  await source.initialize();
  try {
    await work(source);
  } finally {
    await source.destroy();
  }
};

const plain = (name) => name.replace(/\d{13}$/, "");

tell({
  make: using("master", 0, (source) => source.createQueryRunner().createDatabase(database, true)),
  up: (n) => using(database, n, async (source) => {
    for (const m of await source.runMigrations({ transaction: "each" })) say("applied", plain(m.name));
  })(),
  history: using(database, 3, async (source) => {
    if (await source.showMigrations()) throw new Error("something is pending");
    for (const m of await source.query("SELECT name FROM migrations ORDER BY id")) say("done", plain(m.name));
  }),
});
