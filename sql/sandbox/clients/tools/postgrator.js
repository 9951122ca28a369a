// The story by postgrator, from files of one batch each; it has no transactions.
"use strict";
const { mkdtempSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { tmpdir } = require("node:os");
const mssql = require("mssql");
const { server, database, migrations, say, tell } = require("./story.js");

const open = (database) =>
  mssql.connect({ server: server.host, port: server.port, user: server.user, password: server.password, database, options: { encrypt: server.encrypt, trustServerCertificate: true } });

// migrator writes the files of the first n migrations and reads them as the tool does.
async function migrator(pool, n) {
  const folder = mkdtempSync(join(tmpdir(), "postgrator-"));
  migrations(n).forEach((m, i) => writeFileSync(join(folder, `00${i + 1}.do.${m.name}.sql`), m.batch));
  const { default: Postgrator } = await import(join(process.env.NODE_PATH, "postgrator", "postgrator.js"));
  return new Postgrator({
    migrationPattern: join(folder, "*"),
    driver: "mssql",
    database,
    schemaTable: "dbo.schemaversion",
    execQuery: async (query) => {
      const result = await pool.request().batch(query);
      return { rows: result.recordset };
    },
  });
}

const using = (database, work) => async (...args) => {
  const pool = await open(database);
  try {
    await work(pool, ...args);
  } finally {
    await pool.close();
  }
};

tell({
  make: using("master", (pool) => pool.request().batch(`CREATE DATABASE [${database}]`)),
  up: using(database, async (pool, n) => {
    for (const m of await (await migrator(pool, n)).migrate()) say("applied", m.name);
  }),
  history: using(database, async (pool) => {
    const names = migrations(4).map((m) => m.name);
    const tool = await migrator(pool, 3);
    if ((await tool.getDatabaseVersion()) !== 3) throw new Error("another version");
    const rows = await tool.runQuery("SELECT version FROM dbo.schemaversion WHERE version > 0 ORDER BY version");
    for (const row of rows.rows) say("done", names[Number(row.version) - 1]);
  }),
});
