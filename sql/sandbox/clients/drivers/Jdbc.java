import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** jTDS or Microsoft's JDBC driver as a client: follows the steps on standard input; driver.go says how. */
public final class Jdbc {
    record Param(String name, String type, String value, boolean out) {}

    interface Execution {
        boolean run() throws SQLException;
    }

    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private static final Map<String, Integer> TYPES = Map.ofEntries(
        Map.entry("int", Types.INTEGER), Map.entry("bigint", Types.BIGINT), Map.entry("bit", Types.BIT),
        Map.entry("nvarchar", Types.VARCHAR), Map.entry("varchar", Types.VARCHAR), Map.entry("decimal", Types.DECIMAL),
        Map.entry("float", Types.DOUBLE), Map.entry("datetime", Types.TIMESTAMP), Map.entry("date", Types.DATE),
        Map.entry("varbinary", Types.VARBINARY), Map.entry("uniqueidentifier", Types.VARCHAR));

    private static final boolean MICROSOFT = "mssql".equals(System.getenv("CLIENT_JDBC"));

    private final Connection connection;

    private Jdbc(Connection connection) {
        this.connection = connection;
    }

    public static void main(String[] args) throws Exception {
        Connection connection;
        if (!MICROSOFT) {
            Class.forName("net.sourceforge.jtds.jdbc.Driver");
        }
        try {
            connection = connect();
        } catch (SQLException e) {
            failure(e);
            say("end");
            return;
        }
        say("end");
        new Jdbc(connection).follow();
    }

    private static Connection connect() throws SQLException {
        Map<String, String> env = System.getenv();
        if (!env.get("CLIENT_LINE").isEmpty()) {
            return DriverManager.getConnection(env.get("CLIENT_LINE"));
        }
        Properties properties = new Properties();
        properties.setProperty("user", env.get("CLIENT_USER"));
        properties.setProperty("password", env.get("CLIENT_PASSWORD"));
        boolean tls = "true".equals(env.get("CLIENT_TLS"));
        String address = "sqlserver://" + env.get("CLIENT_HOST") + ":" + env.get("CLIENT_PORT");
        if (MICROSOFT) {
            properties.setProperty("databaseName", env.get("CLIENT_DATABASE"));
            properties.setProperty("encrypt", env.get("CLIENT_TLS"));
            properties.setProperty("trustServerCertificate", String.valueOf(env.get("CLIENT_CERTIFICATE").isEmpty()));
            if (!env.get("CLIENT_CERTIFICATE").isEmpty()) {
                properties.setProperty("serverCertificate", env.get("CLIENT_CERTIFICATE"));
            }
            return DriverManager.getConnection("jdbc:" + address, properties);
        }
        properties.setProperty("ssl", tls ? "require" : "off");
        properties.setProperty("prepareSQL", env.getOrDefault("JTDS_PREPARE", "3"));
        return DriverManager.getConnection("jdbc:jtds:" + address + "/" + env.get("CLIENT_DATABASE"), properties);
    }

    private void follow() throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        List<Param> params = new ArrayList<>();
        for (String line; (line = in.readLine()) != null;) {
            String[] fields = line.split("\t", -1);
            for (int i = 0; i < fields.length; i++) {
                fields[i] = plain(fields[i]);
            }
            if (fields[0].equals("param")) {
                params.add(new Param(fields[1], fields[2], fields[3], fields[4].equals("out")));
                continue;
            }
            try {
                run(fields[0], fields[1], params);
            } catch (SQLException e) {
                failure(e);
            }
            params.clear();
            say("end");
        }
        connection.close();
    }

    private void run(String verb, String text, List<Param> params) throws SQLException {
        switch (verb) {
            case "begin" -> connection.setAutoCommit(false);
            case "commit" -> {
                connection.commit();
                connection.setAutoCommit(true);
            }
            case "rollback" -> {
                connection.rollback();
                connection.setAutoCommit(true);
            }
            case "call" -> call(text, params);
            case "cancel" -> cancel(text);
            default -> batch(text, params);
        }
    }

    private void batch(String text, List<Param> params) throws SQLException {
        if (params.isEmpty()) {
            try (Statement s = connection.createStatement()) {
                results(s, () -> s.execute(text));
            }
            return;
        }
        List<Param> ordered = new ArrayList<>();
        Matcher m = Pattern.compile("@\\w+").matcher(text);
        StringBuilder marked = new StringBuilder();
        while (m.find()) {
            Param found = params.stream().filter(p -> p.name().equals(m.group())).findFirst().orElse(null);
            m.appendReplacement(marked, found == null ? m.group() : "?");
            if (found != null) {
                ordered.add(found);
            }
        }
        m.appendTail(marked);
        try (PreparedStatement s = connection.prepareStatement(marked.toString())) {
            for (int i = 0; i < ordered.size(); i++) {
                bind(s, i + 1, ordered.get(i));
            }
            results(s, s::execute);
        }
    }

    private void call(String name, List<Param> params) throws SQLException {
        String marks = "?" + ", ?".repeat(Math.max(0, params.size() - 1));
        try (CallableStatement s = connection.prepareCall("{? = call " + name + (params.isEmpty() ? "" : "(" + marks + ")") + "}")) {
            s.registerOutParameter(1, Types.INTEGER);
            for (Param p : params) {
                bindNamed(s, p);
            }
            results(s, s::execute);
            say("return", String.valueOf(s.getInt(1)));
            for (Param p : params) {
                if (p.out()) {
                    say("out", p.name(), value(s.getObject(p.name())));
                }
            }
        }
    }

    private static void bindNamed(CallableStatement s, Param p) throws SQLException {
        if (p.out()) {
            s.registerOutParameter(p.name(), TYPES.get(p.type()));
        }
        s.setObject(p.name(), typed(p), TYPES.get(p.type()));
    }

    private static void bind(PreparedStatement s, int i, Param p) throws SQLException {
        if (p.value() == null) {
            s.setNull(i, TYPES.get(p.type()));
        } else {
            s.setObject(i, typed(p), TYPES.get(p.type()));
        }
    }

    private static Object typed(Param p) {
        if (p.value() == null) {
            return null;
        }
        return switch (p.type()) {
            case "int" -> Integer.valueOf(p.value());
            case "bigint" -> Long.valueOf(p.value());
            case "bit" -> p.value().equals("1");
            case "decimal" -> new BigDecimal(p.value());
            case "float" -> Double.valueOf(p.value());
            case "datetime" -> Timestamp.valueOf(p.value());
            case "date" -> Date.valueOf(p.value());
            case "varbinary" -> java.util.HexFormat.of().parseHex(p.value().substring(2));
            default -> p.value();
        };
    }

    private void cancel(String text) throws SQLException {
        try (Statement s = connection.createStatement()) {
            Thread canceller = new Thread(() -> {
                try {
                    Thread.sleep(500);
                    s.cancel();
                } catch (InterruptedException | SQLException e) {
                    say("error", "0", "cancel: " + e.getMessage());
                }
            });
            canceller.start();
            results(s, () -> s.execute(text));
        }
    }

    /** Runs a statement and says what comes back; of one that fails, the messages as well. */
    private static void results(Statement s, Execution execution) throws SQLException {
        try {
            everyResult(s, execution.run());
        } finally {
            for (SQLWarning w = s.getWarnings(); w != null; w = w.getNextWarning()) {
                say("info", String.valueOf(w.getErrorCode()), w.getMessage());
            }
        }
    }

    private static void everyResult(Statement s, boolean isSet) throws SQLException {
        for (; ; isSet = s.getMoreResults()) {
            if (isSet) {
                try (ResultSet rows = s.getResultSet()) {
                    rows(rows);
                }
                continue;
            }
            int count = s.getUpdateCount();
            if (count < 0) {
                break;
            }
            say("count", String.valueOf(count));
        }
    }

    private static void rows(ResultSet rows) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        String[] fields = new String[columns.getColumnCount() + 1];
        fields[0] = "columns";
        for (int i = 1; i < fields.length; i++) {
            fields[i] = columns.getColumnLabel(i);
        }
        say(fields);
        while (rows.next()) {
            fields[0] = "row";
            for (int i = 1; i < fields.length; i++) {
                fields[i] = value(rows.getObject(i));
            }
            say(fields);
        }
    }

    /** The one form of a value that Answer in script.go describes. */
    private static String value(Object v) throws SQLException {
        if (v == null) {
            return null;
        }
        if (v instanceof Boolean b) {
            return b ? "1" : "0";
        }
        if (v instanceof BigDecimal d) {
            return trimmed(d.toPlainString());
        }
        if (v instanceof Double || v instanceof Float || v instanceof Timestamp) {
            return trimmed(v.toString());
        }
        if (v instanceof byte[] b) {
            return "0x" + java.util.HexFormat.of().withUpperCase().formatHex(b);
        }
        if (v instanceof java.sql.Clob c) {
            return c.getSubString(1, (int) c.length());
        }
        return v instanceof java.sql.Blob b ? value(b.getBytes(1, (int) b.length())) : v.toString();
    }

    private static String trimmed(String number) {
        return number.contains(".") ? number.replaceAll("0+$", "").replaceAll("\\.$", "") : number;
    }

    private static void failure(SQLException e) {
        for (SQLException next = e; next != null; next = next.getNextException()) {
            say("error", String.valueOf(next.getErrorCode()), String.valueOf(next.getMessage()));
        }
    }

    private static synchronized void say(String... fields) {
        StringBuilder line = new StringBuilder();
        for (String f : fields) {
            line.append(line.length() == 0 ? "" : "\t");
            line.append(f == null ? "\\N" : f.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r"));
        }
        OUT.print(line.append('\n'));
        OUT.flush();
    }

    private static String plain(String field) {
        if (field.equals("\\N")) {
            return null;
        }
        Matcher m = Pattern.compile("\\\\(.)").matcher(field);
        return m.replaceAll(r -> Matcher.quoteReplacement(Map.of("t", "\t", "n", "\n", "r", "\r", "\\", "\\").get(r.group(1))));
    }
}
