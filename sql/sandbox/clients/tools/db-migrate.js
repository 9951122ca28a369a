// The story by db-migrate's own command, from files. It has a transaction for each statement, CREATE DATABASE among them,
// which SQL Server refuses (226), so that people make the database by the driver.
"use strict";
const { spawnSync } = require("node:child_process");
const { mkdtempSync, mkdirSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { tmpdir } = require("node:os");
const { server, database, migrations, say, tell } = require("./story.js");

const program = join(process.env.NODE_PATH, "db-migrate", "bin", "db-migrate");

// migrate runs the command in a folder with the first n migrations and returns what it printed.
function migrate(database, n, ...args) {
  const cwd = mkdtempSync(join(tmpdir(), "db-migrate-"));
  const driver = { require: join(process.env.NODE_PATH, "db-migrate-mssql") };
  const options = { encrypt: server.encrypt, trustServerCertificate: true, enableArithAbort: true };
  writeFileSync(join(cwd, "database.json"), JSON.stringify({ dev: { driver, host: server.host, port: server.port, user: server.user, password: server.password, database, options } }));
  mkdirSync(join(cwd, "migrations"));
  migrations(n).forEach((m, i) => writeFileSync(join(cwd, "migrations", `2024010100000${i}-${m.name}.js`), `
exports.setup = () => {};
exports.up = async (db) => {
  if (${Boolean(m.table)}) {
    await db.createTable("job", {
      id: { type: "int", primaryKey: true, autoIncrement: true },
      title: { type: "string", length: 50, notNull: true },
      cost: { type: "decimal" },
      done: { type: "bit", notNull: true, defaultValue: 0 },
      note: { type: "string", length: 20 },
    });
    await db.addIndex("job", "ix_job_title", ["title"]);
    await db.runSql("INSERT INTO job (title, cost) VALUES ('Oil', NULL), ('Brakes', 12.5)");
  }
  for (const statement of ${JSON.stringify(m.statements)}) await db.runSql(statement);
};
exports.down = async () => {};
exports._meta = { version: 1 };
`));
  const ran = spawnSync(process.execPath, [program, ...args, "--config", "database.json", "-e", "dev"], { cwd, encoding: "utf8", timeout: 50000 });
  if (ran.status !== 0) throw new Error((ran.stdout + ran.stderr).split("\n").find((line) => line.includes("ERROR")));
  return ran.stdout;
}

tell({
  make: async () => {
    const { server: host, ...rest } = { ...server, server: server.host, database: "master", options: { encrypt: server.encrypt, trustServerCertificate: true } };
    const pool = await require("mssql").connect({ server: host, ...rest });
    await pool.request().batch(`CREATE DATABASE [${database}]`);
    await pool.close();
  },
  up: async (n) => {
    for (const [, name] of migrate(database, n, "up").matchAll(/Processed migration \d+-(\S+)/g)) say("applied", name);
  },
  history: async () => {
    for (const [, name] of migrate(database, 4, "check").matchAll(/'\d+-(\w+)'/g)) say("left", name);
  },
});
