"""Microsoft's ODBC driver as a client, by mssql-python: follows the steps on standard input; driver.go says how.
MSSQL_PYTHON_NATIVE_PROVIDER says which driver: msodbcsql18, or mssql-odbc, the one in Rust."""
import os
import re
import sys

import mssql_python
import mssql_python.cursor
from mssql_python import ddbc_bindings

sys.dont_write_bytecode = True
from lines import plain, say, text, typed  # noqa: E402, with no trace beside the sources

LOGIN_ERRORS = {"Login failed": 18456, "Cannot open database": 4060}
SOURCES = re.compile(r"^(\[[^\]]*\])+")


class Client:
    def __init__(self):
        env = os.environ
        encrypt = {"false": "no", "true": "yes", "strict": f"strict;ServerCertificate={env['CLIENT_CERTIFICATE']}"}[env["CLIENT_TLS"]]
        trust = "" if env["CLIENT_TLS"] == "strict" else "TrustServerCertificate=yes;"
        self.connection = mssql_python.connect(
            env["CLIENT_LINE"] or
            f"Server=tcp:{env['CLIENT_HOST']},{env['CLIENT_PORT']};Database={env['CLIENT_DATABASE']};UID={env['CLIENT_USER']};"
            f"PWD={env['CLIENT_PASSWORD']};{trust}Encrypt={encrypt}", autocommit=True)
        self.cursor = self.connection.cursor()

    def batch(self, statement, params):
        marked = []
        for name, _, value, _ in params:
            marked += [(m.start(), name, value) for m in re.finditer(re.escape(name) + r"\b", statement)]
        for _, name, _ in marked:
            statement = re.sub(re.escape(name) + r"\b", "?", statement)
        values = [value for _, _, value in sorted(marked)]
        self.results(self.cursor.execute(statement, *values))

    @staticmethod
    def results(cursor):
        more = True
        while more:
            for record in cursor.messages:
                notice("info", *record)
            if cursor.description:
                say("columns", *(c[0] for c in cursor.description))
                for row in cursor.fetchall():
                    say("row", *(text(v) for v in row))
            else:
                count = ddbc_bindings.DDBCSQLRowCount(cursor.hstmt)  # nextset leaves cursor.rowcount as it was
                if count >= 0:
                    say("count", count)
            more = cursor.nextset()

    def call(self, name, params):
        """As text: callproc is not there yet."""
        outs = [(p[0], p[1]) for p in params if p[3]]
        declare = "".join(f"DECLARE {n} {k if k == 'int' else k + '(200)'} = ?; " for n, k, _, _ in params)
        names = ", ".join(f"{n} = {n}{' OUTPUT' if out else ''}" for n, _, _, out in params)
        results = ", ".join(["@return_"] + [n for n, _ in outs])
        self.cursor.execute(f"{declare}DECLARE @return_ int; EXEC @return_ = {name} {names}; SELECT {results}", *(p[2] for p in params))
        row = self.cursor.fetchone()
        say("return", row[0])
        for (name, _), value in zip(outs, row[1:]):
            say("out", name, text(value))

    def do(self, verb, statement, params):
        if verb == "begin":
            self.connection.autocommit = False
        elif verb in ("commit", "rollback"):
            getattr(self.connection, verb)()
            self.connection.autocommit = True
        elif verb == "call":
            self.call(statement, params)
        elif verb == "cancel":
            self.cancel(statement)
        else:
            self.batch(statement, params)

    def cancel(self, statement):
        """By the driver's own time-out, which sends the same signal."""
        self.connection.timeout = 1
        try:
            self.results(self.connection.cursor().execute(statement))
        finally:
            self.connection.timeout = 0


def notice(word, state, message):
    """Says a record of the driver: its state has the number in it."""
    say(word, re.search(r"\((-?\d+)\)", state).group(1), SOURCES.sub("", message))


def check_error(kind, handle, ret, check=mssql_python.cursor.check_error):
    """Says every record of a failure: the exception has the text of one, without its number."""
    if ret < 0:
        for state, message in ddbc_bindings.DDBCSQLGetAllDiagRecords(handle):
            notice("info" if state.startswith("[01") else "error", state, message)
    check(kind, handle, ret)


def main():
    mssql_python.pooling(enabled=False)
    try:
        client = Client()
    except mssql_python.Error as error:
        message = SOURCES.sub("", error.ddbc_error)  # which comes without a number
        say("error", next((n for start, n in LOGIN_ERRORS.items() if message.startswith(start)), 0), message)
        say("end")
        return
    mssql_python.cursor.check_error = check_error
    say("end")
    params = []
    for line in sys.stdin:
        fields = [plain(f) for f in line.rstrip("\n").split("\t")]
        if fields[0] == "param":
            params.append((fields[1], fields[2], typed(fields[2], fields[3]), fields[4] == "out"))
            continue
        try:
            client.do(fields[0], fields[1], params)
        except mssql_python.Error:
            pass  # check_error has said it
        params = []
        say("end")
    client.connection.close()


main()
