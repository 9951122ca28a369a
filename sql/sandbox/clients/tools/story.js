// What the migration tools of JavaScript share: the server, the story and how it is told. tools.go says how. NODE_PATH says
// where the tools are.
"use strict";
const { readdirSync, readFileSync } = require("node:fs");
const { join } = require("node:path");
const env = process.env;

exports.server = { host: env.CLIENT_HOST, port: Number(env.CLIENT_PORT), user: env.CLIENT_USER, password: env.CLIENT_PASSWORD, encrypt: env.CLIENT_TLS === "true" };
exports.database = env.CLIENT_DATABASE;

// migrations are the first n of the story, as the files of STORY have them: name, whether a tool makes its table in its own
// way, and the statements after that. batch has them all, for a tool that sends a file as one batch, in which a view's
// statement must not stand.
exports.migrations = (n) =>
  readdirSync(env.STORY).sort().slice(0, n).map((file) => {
    const statements = readFileSync(join(env.STORY, file), "utf8").split(/^GO$/m).map((s) => s.trim());
    const batch = statements.map((s) => (s.startsWith("CREATE VIEW") ? `EXEC (N'${s.replaceAll("'", "''")}')` : s)).join("\n");
    const table = statements[0].startsWith("CREATE TABLE");
    return { name: file.replace(/^\d+_|\.sql$/g, ""), table, statements: statements.slice(table ? 2 : 0), batch };
  });

exports.say = (...words) => console.log(words.join(" "));

// tell runs what the first argument asks for, or says what failed.
exports.tell = async (verbs) => {
  const [verb, ...rest] = process.argv.slice(2);
  try {
    await verbs[verb](...rest);
  } catch (error) {
    exports.say("failed", String(error.message ?? error).replaceAll("\n", " "));
  }
};
