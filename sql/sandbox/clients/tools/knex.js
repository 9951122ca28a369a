// The story by knex, each migration in a transaction.
"use strict";
const { server, database, migrations, say, tell } = require("./story.js");

const open = (database) =>
  require("knex")({
    client: "mssql",
    connection: { server: server.host, port: server.port, user: server.user, password: server.password, database, options: { encrypt: server.encrypt, trustServerCertificate: true } },
    pool: { min: 0, max: 2 },
  });

// source has the migrations as values instead of files.
const source = (n) => ({
  getMigrations: async () => migrations(n),
  getMigrationName: (m) => m.name,
  getMigration: async (m) => ({
    async up(knex) {
      if (m.table) {
        await knex.schema.createTable("job", (t) => {
          t.increments("id");
          t.string("title", 50).notNullable().index();
          t.decimal("cost", 9, 2);
          t.boolean("done").notNullable().defaultTo(false);
          t.timestamp("made").defaultTo(knex.fn.now());
        });
        if (!(await knex.schema.hasTable("job"))) throw new Error("no table");
        await knex.schema.alterTable("job", (t) => t.string("note", 20));
        if (!(await knex.schema.hasColumn("job", "note"))) throw new Error("no column");
        await knex("job").insert([{ title: "Oil" }, { title: "Brakes", cost: 12.5 }]);
      }
      for (const statement of m.statements) await knex.raw(statement);
    },
    async down() {},
  }),
});

const using = (database, work) => async (...args) => {
  const knex = open(database);
  try {
    await work(knex, ...args);
  } finally {
    await knex.destroy();
  }
};

tell({
  make: using("master", (knex) => knex.raw("CREATE DATABASE ??", [database])),
  up: using(database, async (knex, n) => {
    const [, done] = await knex.migrate.latest({ migrationSource: source(n) });
    for (const name of done) say("applied", name);
  }),
  history: using(database, async (knex) => {
    const [done] = await knex.migrate.list({ migrationSource: source(4) });
    for (const m of done) say("done", m.name);
  }),
});
