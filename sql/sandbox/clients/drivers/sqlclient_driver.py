"""Microsoft's SqlClient as a client: the .NET runtime inside this process follows the steps on standard input; driver.go
says how. SQLCLIENT_DLL is System.Data.SqlClient.dll, SQLCLIENT_CONFIG a place for the runtime's configuration."""
import json
import os
import sys
import time

import clr_loader
import dotnetcore2
import pythonnet

ROOT = os.path.join(os.path.dirname(dotnetcore2.__file__), "bin")
VERSION = os.listdir(os.path.join(ROOT, "shared", "Microsoft.NETCore.App"))[0]
with open(os.environ["SQLCLIENT_CONFIG"], "w", encoding="utf-8") as f:
    framework = {"name": "Microsoft.NETCore.App", "version": VERSION}
    json.dump({"runtimeOptions": {"framework": framework, "configProperties": {"System.Globalization.Invariant": True}}}, f)
pythonnet.set_runtime(clr_loader.get_coreclr(runtime_config=os.environ["SQLCLIENT_CONFIG"], dotnet_root=ROOT))

import clr  # noqa: E402, after the runtime

clr.AddReference("System.Data.Common")
clr.AddReference(os.environ["SQLCLIENT_DLL"])
import System  # noqa: E402
from System.Data import CommandType, ParameterDirection, SqlDbType  # noqa: E402
from System.Data.SqlClient import SqlCommand, SqlConnection, SqlException, SqlParameter  # noqa: E402

sys.dont_write_bytecode = True
from lines import plain, say  # noqa: E402, with no trace beside the sources

KINDS = {"int": "Int", "bigint": "BigInt", "bit": "Bit", "float": "Float", "decimal": "Decimal", "nvarchar": "NVarChar", "varchar": "VarChar",
         "varbinary": "VarBinary", "datetime": "DateTime", "date": "Date", "uniqueidentifier": "UniqueIdentifier"}


def number(digits):
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def text(value):
    """The one form of a value that Answer in script.go describes."""
    if value is None or isinstance(value, System.DBNull):
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return number(repr(value))
    if isinstance(value, System.Decimal):
        return number(str(value))
    if isinstance(value, System.DateTime):
        day = value.ToString("yyyy-MM-dd HH:mm:ss.fffffff")
        return day[:10] if getattr(text, "date", False) else number(day)
    if isinstance(value, System.TimeSpan):
        return number(value.ToString("hh\\:mm\\:ss\\.fffffff"))
    if isinstance(value, System.Guid):
        return str(value).upper()
    if isinstance(value, System.Array):
        return "0x" + bytes(value).hex().upper()
    return value


class Client:
    def __init__(self):
        env = os.environ
        self.infos = []
        self.connection = SqlConnection(
            env["CLIENT_LINE"] or
            f"Data Source=tcp:{env['CLIENT_HOST']},{env['CLIENT_PORT']};Initial Catalog={env['CLIENT_DATABASE']};User ID={env['CLIENT_USER']};"
            f"Password={env['CLIENT_PASSWORD']};Encrypt={env['CLIENT_TLS']};TrustServerCertificate=True;Pooling=False;MultipleActiveResultSets={env.get('SQLCLIENT_MARS', 'False')}")
        self.connection.InfoMessage += lambda _, e: self.infos.extend((x.Number, x.Message) for x in e.Errors)
        self.connection.Open()
        self.transaction = None

    def command(self, statement, params):
        command = SqlCommand(statement, self.connection)
        command.Transaction = self.transaction
        for name, kind, value, out in params:
            p = SqlParameter(name, getattr(SqlDbType, KINDS[kind]))
            if kind in ("nvarchar", "varchar", "varbinary"):
                p.Size = max(1, len((value or "").encode("utf-16-le")) // 2)
            if kind == "decimal":
                p.Precision, p.Scale = 18, 6
            p.Value = System.DBNull.Value if value is None else self.typed(kind, value)
            if out:
                p.Direction, p.Size = ParameterDirection.InputOutput, 200
            command.Parameters.Add(p)
        return command

    @staticmethod
    def typed(kind, value):
        invariant = System.Globalization.CultureInfo.InvariantCulture
        convert = {
            "int": lambda v: System.Int32(int(v)), "bigint": lambda v: System.Int64(int(v)), "bit": lambda v: v == "1",
            "float": float, "decimal": lambda v: System.Decimal.Parse(v, invariant),
            "varbinary": lambda v: System.Array[System.Byte](bytes.fromhex(v[2:])), "datetime": lambda v: System.DateTime.Parse(v, invariant),
            "date": lambda v: System.DateTime.Parse(v, invariant), "uniqueidentifier": System.Guid,
        }
        return convert.get(kind, str)(value)

    def results(self, command):
        reader = command.ExecuteReader()
        try:
            while True:
                if reader.FieldCount:
                    names = [reader.GetName(i) for i in range(reader.FieldCount)]
                    dates = [reader.GetDataTypeName(i) == "date" for i in range(reader.FieldCount)]
                    say("columns", *names)
                    while reader.Read():
                        row = []
                        for i, date in enumerate(dates):
                            text.date = date
                            row.append(text(reader.GetValue(i)))
                        say("row", *row)
                if not reader.NextResult():
                    break
        finally:
            reader.Close()
        if reader.RecordsAffected >= 0:
            say("count", reader.RecordsAffected)

    def call(self, name, params):
        command = self.command(name, params)
        command.CommandType = CommandType.StoredProcedure
        status = SqlParameter("@RETURN_VALUE", SqlDbType.Int)
        status.Direction = ParameterDirection.ReturnValue
        command.Parameters.Add(status)
        self.results(command)
        say("return", status.Value)
        for parameter, _, _, out in params:
            if out:
                say("out", parameter, text(command.Parameters[parameter].Value))

    def do(self, verb, statement, params):
        if verb == "begin":
            self.transaction = self.connection.BeginTransaction()
        elif verb in ("commit", "rollback"):
            getattr(self.transaction, verb.capitalize())()
            self.transaction = None
        elif verb == "call":
            self.call(statement, params)
        else:
            command = self.command(statement, params)
            if verb == "prepared":
                command.Prepare()
            if verb == "cancel":
                self.cancel(command)
            else:
                self.results(command)

    @staticmethod
    def cancel(command):
        task = command.ExecuteReaderAsync()
        time.sleep(0.5)
        command.Cancel()
        try:
            task.Wait()
        except System.AggregateException as error:
            failure(error.InnerException)


def failure(error):
    for e in error.Errors:
        say("info" if e.Class <= 10 else "error", e.Number, e.Message)


def main():
    try:
        client = Client()
    except SqlException as error:
        failure(error)
        say("end")
        return
    say("end")
    params = []
    for line in sys.stdin:
        fields = [plain(f) for f in line.rstrip("\n").split("\t")]
        if fields[0] == "param":
            params.append((fields[1], fields[2], fields[3], fields[4] == "out"))
            continue
        client.infos.clear()
        try:
            client.do(fields[0], fields[1], params)
        except SqlException as error:
            failure(error)
        for info in client.infos:
            say("info", *info)
        params = []
        say("end")
    client.connection.Close()


main()
