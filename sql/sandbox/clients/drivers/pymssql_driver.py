"""pymssql as a client: follows the steps on standard input; driver.go says how. FREETDSCONF has the TLS setting."""
import os
import re
import sys

import pymssql

sys.dont_write_bytecode = True
from lines import plain, say, text, typed  # noqa: E402, with no trace beside the sources


class Client:
    def __init__(self):
        env = os.environ
        self.messages = []
        self.connection = pymssql.connect(server="sandbox", port=env["CLIENT_PORT"], user=env["CLIENT_USER"], password=env["CLIENT_PASSWORD"],
                                          database=env["CLIENT_DATABASE"], autocommit=True)
        self.connection._conn.set_msghandler(self.message)
        self.cursor = self.connection.cursor()

    def message(self, state, severity, server, procedure, line, message):
        # pymssql does not hand over the number of a message, only of an error.
        message = message.decode() if isinstance(message, bytes) else message
        if severity <= 10 and not message.startswith("Changed database context"):
            self.messages.append(message)

    def batch(self, statement, params):
        if params:
            statement = statement.replace("%", "%%")
            for name, _, _ in params:
                statement = re.sub(re.escape(name) + r"\b", f"%({name[1:]})s", statement)
            self.cursor.execute(statement, {name[1:]: value for name, _, value in params})
        else:
            self.cursor.execute(statement)
        self.results()

    def results(self):
        while True:
            if self.cursor.description:
                say("columns", *(c[0] for c in self.cursor.description))
                for row in self.cursor.fetchall():
                    say("row", *(text(v) for v in row))
            if self.cursor.rowcount >= 0:
                say("count", self.cursor.rowcount)
            if not self.cursor.nextset():
                return

    def call(self, name, params):
        """Through _mssql, which has names for parameters; a cursor's callproc has not."""
        kinds = {"int": pymssql._mssql.SQLINT4, "nvarchar": pymssql._mssql.SQLVARCHAR, "varchar": pymssql._mssql.SQLVARCHAR}
        proc = self.connection._conn.init_procedure(name)
        for parameter, kind, value, out in params:
            proc.bind(value, kinds[kind], parameter, null=value is None, output=out, max_length=200 if kind != "int" else -1)
        status = proc.execute()
        say("return", status)
        for parameter, _, _, out in params:
            if out:
                say("out", parameter, text(proc.parameters[parameter]))

    def do(self, verb, statement, params):
        if verb == "begin":
            self.connection.autocommit(False)  # which begins
        elif verb in ("commit", "rollback"):
            getattr(self.connection, verb)()  # which begins the next
            self.connection.autocommit(True)
        elif verb == "call":
            self.call(statement, params)
        else:
            self.batch(statement, [p[:3] for p in params])


def failure(error):
    """Says what an error of pymssql says: its number and text."""
    args = error.args[0] if error.args and isinstance(error.args[0], tuple) else error.args
    number = args[0] if args and isinstance(args[0], int) else getattr(error, "number", 0)
    message = args[1] if len(args) > 1 else str(error)
    say("error", number, message.decode(errors="replace") if isinstance(message, bytes) else message)


def main():
    try:
        client = Client()
    except pymssql.Error as error:
        failure(error)
        say("end")
        return
    say("end")
    params = []
    for line in sys.stdin:
        fields = [plain(f) for f in line.rstrip("\n").split("\t")]
        if fields[0] == "param":
            params.append((fields[1], fields[2], typed(fields[2], fields[3]), fields[4] == "out"))
            continue
        client.messages.clear()
        try:
            client.do(fields[0], fields[1], params)
        except (pymssql.Error, pymssql._mssql.MSSQLException) as error:
            failure(error)
        for message in client.messages:
            say("info", 0, message)
        params = []
        say("end")


main()
