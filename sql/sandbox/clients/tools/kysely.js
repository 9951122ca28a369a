// The story by kysely, all that is to do in one transaction.
"use strict";
const tarn = require("tarn");
const tedious = require("tedious");
const { Kysely, Migrator, MssqlDialect, sql } = require("kysely");
const { server, database, migrations, say, tell } = require("./story.js");

const open = (database) =>
  new Kysely({
    dialect: new MssqlDialect({
      tarn: { ...tarn, options: { min: 0, max: 2 } },
      tedious: {
        ...tedious,
        connectionFactory: () =>
          new tedious.Connection({
            server: server.host,
            authentication: { type: "default", options: { userName: server.user, password: server.password } },
            options: { database, port: server.port, encrypt: server.encrypt, trustServerCertificate: true },
          }),
      },
    }),
  });

const migrator = (db, n) =>
  new Migrator({
    db,
    provider: {
      getMigrations: async () => Object.fromEntries(migrations(n).map((m) => [m.name, {
        async up(db) {
          if (m.table) {
            await db.schema.createTable("job")
              .addColumn("id", "integer", (c) => c.identity().primaryKey())
              .addColumn("title", sql`nvarchar(50)`, (c) => c.notNull().unique())
              .addColumn("cost", "decimal(9, 2)")
              .addColumn("done", sql`bit`, (c) => c.notNull().defaultTo(0))
              .execute();
            await db.schema.alterTable("job").addColumn("note", sql`nvarchar(20)`).execute();
            await db.schema.createIndex("ix_job_cost").on("job").column("cost").execute();
            await db.insertInto("job").values([{ title: "Oil", cost: null }, { title: "Brakes", cost: 12.5 }]).execute();
          }
          for (const statement of m.statements) await sql.raw(statement).execute(db);
        },
      }])),
    },
  });

const using = (database, work) => async (...args) => {
  const db = open(database);
  try {
    await work(db, ...args);
  } finally {
    await db.destroy();
  }
};

tell({
  make: using("master", (db) => sql`CREATE DATABASE ${sql.id(database)}`.execute(db)),
  up: using(database, async (db, n) => {
    const { error, results } = await migrator(db, n).migrateToLatest();
    if (error) throw error;
    for (const m of results) say("applied", m.migrationName);
  }),
  history: using(database, async (db) => {
    for (const m of await migrator(db, 4).getMigrations()) if (m.executedAt) say("done", m.name);
    const tables = await db.introspection.getTables();
    if (!tables.some((t) => t.name === "job" && t.columns.length === 5)) throw new Error(JSON.stringify(tables));
  }),
});
