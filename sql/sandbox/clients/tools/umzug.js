// The story by umzug, with sequelize's storage; a migration opens its own transaction.
"use strict";
const { Sequelize, DataTypes } = require("sequelize");
const { Umzug, SequelizeStorage } = require("umzug");
const { server, database, migrations, say, tell } = require("./story.js");

const open = (database) =>
  new Sequelize(database, server.user, server.password, {
    dialect: "mssql",
    host: server.host,
    port: server.port,
    logging: false,
    dialectOptions: { options: { encrypt: server.encrypt, trustServerCertificate: true } },
  });

const migrator = (sequelize, n) =>
  new Umzug({
    migrations: migrations(n).map((m) => ({
      name: m.name,
      up: () =>
        sequelize.transaction(async (transaction) => {
          const tables = sequelize.getQueryInterface();
          if (m.table) {
            await tables.createTable("job", {
              id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
              title: { type: DataTypes.STRING(50), allowNull: false, unique: true },
              cost: { type: DataTypes.DECIMAL(9, 2) },
              done: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
              made: { type: DataTypes.DATE, allowNull: false, defaultValue: Sequelize.literal("GETDATE()") },
            }, { transaction });
            await tables.addColumn("job", "note", { type: DataTypes.STRING(20) }, { transaction });
            await tables.addIndex("job", ["cost"], { transaction });
            await tables.bulkInsert("job", [{ title: "Oil" }, { title: "Brakes", cost: 12.5 }], { transaction });
          }
          for (const statement of m.statements) await sequelize.query(statement, { transaction });
        }),
    })),
    storage: new SequelizeStorage({ sequelize }),
    logger: undefined,
  });

const using = (database, work) => async (...args) => {
  const sequelize = open(database);
  try {
    await work(sequelize, ...args);
  } finally {
    await sequelize.close();
  }
};

tell({
  make: using("master", (sequelize) => sequelize.getQueryInterface().createDatabase(database)),
  up: using(database, async (sequelize, n) => {
    for (const m of await migrator(sequelize, n).up()) say("applied", m.name);
  }),
  history: using(database, async (sequelize) => {
    for (const m of await migrator(sequelize, 4).executed()) say("done", m.name);
    const tables = await sequelize.getQueryInterface().showAllTables();
    if (!tables.some((t) => t.tableName === "job")) throw new Error("no table");
    const columns = await sequelize.getQueryInterface().describeTable("job");
    if (!columns.id.primaryKey || columns.title.allowNull) throw new Error(JSON.stringify(columns));
  }),
});
