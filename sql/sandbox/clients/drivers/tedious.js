// tedious as a client: follows the steps on standard input; driver.go says how. NODE_PATH says where tedious is.
"use strict";
const readline = require("node:readline");
const { Connection, Request, TYPES } = require("tedious");

const env = process.env;
const escapes = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
const plains = { t: "\t", n: "\n", r: "\r", "\\": "\\" };
const say = (...fields) =>
  process.stdout.write(fields.map((f) => (f === null || f === undefined ? "\\N" : String(f).replace(/[\\\t\n\r]/g, (c) => escapes[c]))).join("\t") + "\n");
const plain = (f) => (f === "\\N" ? null : f.replace(/\\(.)/g, (_, c) => plains[c]));

// text is the one form of a value that Answer in script.go describes.
function text(value, column) {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value ? "1" : "0";
  if (Buffer.isBuffer(value)) return "0x" + value.toString("hex").toUpperCase();
  if (!(value instanceof Date)) return String(value);
  let iso = value.toISOString().replace("T", " ").replace("Z", "");
  // A Date has milliseconds; what is finer comes beside it.
  if (value.nanosecondsDelta) iso += String(Math.round(value.nanosecondsDelta * 1e7)).padStart(4, "0");
  if (/\.\d+$/.test(iso)) iso = iso.replace(/\.?0+$/, "");
  if (column.type.name === "Date") return iso.slice(0, 10);
  return column.type.name === "Time" ? iso.slice(11) : iso;
}

// kinds are the types of parameters, and how text becomes one.
const kinds = {
  int: [TYPES.Int, Number],
  bigint: [TYPES.BigInt, String],
  bit: [TYPES.Bit, (v) => v === "1"],
  nvarchar: [TYPES.NVarChar, String],
  varchar: [TYPES.VarChar, String],
  decimal: [TYPES.Decimal, Number, { precision: 18, scale: 4 }],
  float: [TYPES.Float, Number],
  datetime: [TYPES.DateTime, (v) => new Date(v.replace(" ", "T") + "Z")],
  date: [TYPES.Date, (v) => new Date(v + "T00:00:00Z")],
  varbinary: [TYPES.VarBinary, (v) => Buffer.from(v.slice(2), "hex")],
  uniqueidentifier: [TYPES.UniqueIdentifier, String],
};

// A client that begins with TLS checks the certificate whatever it is told.
const trust = env.CLIENT_CERTIFICATE
  ? { cryptoCredentialsDetails: { ca: require("node:fs").readFileSync(env.CLIENT_CERTIFICATE) }, trustServerCertificate: false }
  : { trustServerCertificate: true };

const connection = new Connection({
  server: env.CLIENT_HOST,
  authentication: { type: "default", options: { userName: env.CLIENT_USER, password: env.CLIENT_PASSWORD } },
  options: { port: Number(env.CLIENT_PORT), database: env.CLIENT_DATABASE, encrypt: { false: false, true: true }[env.CLIENT_TLS] ?? env.CLIENT_TLS, ...trust, tdsVersion: env.TEDIOUS_VERSION },
});

connection.on("infoMessage", (m) => say("info", m.number, m.message));
connection.on("errorMessage", (m) => say("error", m.number, m.message));

// request makes a request that says what comes back, and its end.
function request(statement, done) {
  const r = new Request(statement, (error) => {
    // What the server refused has been said; this is what the client itself objects to.
    if (error && error.code !== "EREQUEST" && !error.number) say("error", 0, `${error.code}: ${error.message}`);
    done();
  });
  r.on("columnMetadata", (columns) => say("columns", ...columns.map((c) => c.colName)));
  r.on("row", (columns) => say("row", ...columns.map((c) => text(c.value, c.metadata))));
  for (const event of ["done", "doneInProc"]) r.on(event, (count) => count !== undefined && say("count", count));
  r.on("doneProc", (count, more, status) => status !== undefined && r.call && say("return", status));
  r.on("returnValue", (name, value, metadata) => say("out", "@" + name, text(value, metadata)));
  return r;
}

const inTransaction = (verb, done) => {
  const finished = (error) => {
    if (error && !error.number) say("error", 0, error.message);
    done();
  };
  if (verb === "begin") connection.beginTransaction(finished);
  else if (verb === "commit") connection.commitTransaction(finished);
  else connection.rollbackTransaction(finished);
};

function run(verb, statement, params, done) {
  if (["begin", "commit", "rollback"].includes(verb)) return inTransaction(verb, done);
  if (verb === "prepared") return prepared(statement, params, done);
  const r = request(statement, done);
  r.call = verb === "call";
  for (const [name, kind, value, direction] of params) {
    const [type, convert, options] = kinds[kind];
    const add = direction === "out" ? "addOutputParameter" : "addParameter";
    r[add](name.slice(1), type, value === null ? null : convert(value), options);
  }
  if (verb === "call") return connection.callProcedure(r);
  if (verb === "cancel") {
    connection.execSqlBatch(r);
    return setTimeout(() => connection.cancel(), 500);
  }
  return params.length > 0 ? connection.execSql(r) : connection.execSqlBatch(r);
}

// prepared prepares a statement, runs it and lets go of it.
function prepared(statement, params, done) {
  let step = done;
  const r = request(statement, () => step());
  const values = {};
  for (const [name, kind, value] of params) {
    const [type, convert, options] = kinds[kind];
    r.addParameter(name.slice(1), type, undefined, options);
    values[name.slice(1)] = value === null ? null : convert(value);
  }
  r.once("prepared", () => {
    step = () => {
      step = done;
      connection.unprepare(r);
    };
    connection.execute(r, values);
  });
  connection.prepare(r);
}

connection.connect((error) => {
  if (error && !error.number && error.code !== "ELOGIN") say("error", 0, `${error.code}: ${error.message}`);
  say("end");
  if (error) return process.exit(0);
  const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  let params = [];
  const next = async () => {
    const { value: line, done } = await lines.next();
    if (done) return connection.close();
    const [verb, ...fields] = line.split("\t").map(plain);
    if (verb === "param") {
      params.push(fields);
      return next();
    }
    run(verb, fields[0], params, () => {
      say("end");
      params = [];
      setImmediate(next);
    });
  };
  next();
});
