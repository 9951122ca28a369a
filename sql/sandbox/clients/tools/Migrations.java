import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;

/** The story by Flyway, each migration in a transaction; tools.go says how. */
public final class Migrations {
    private static final Map<String, String> ENV = System.getenv();

    public static void main(String[] args) throws Exception {
        try {
            run(args);
        } catch (Exception e) {
            System.out.println("failed " + String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
        }
    }

    private static void run(String[] args) throws Exception {
        switch (args[0]) {
            case "make" -> {
                try (Connection c = DriverManager.getConnection(url("master"), ENV.get("CLIENT_USER"), ENV.get("CLIENT_PASSWORD")); Statement s = c.createStatement()) {
                    s.execute("CREATE DATABASE [" + ENV.get("CLIENT_DATABASE") + "]");
                }
            }
            case "up" -> {
                Flyway flyway = flyway(Integer.parseInt(args[1]));
                flyway.migrate().migrations.forEach(m -> System.out.println("applied " + m.description.replace(' ', '_')));
            }
            default -> {
                Flyway flyway = flyway(3);
                flyway.validate();
                for (MigrationInfo m : flyway.info().applied()) {
                    System.out.println("done " + m.getDescription().replace(' ', '_'));
                }
            }
        }
    }

    private static String url(String database) {
        return "jdbc:sqlserver://" + ENV.get("CLIENT_HOST") + ":" + ENV.get("CLIENT_PORT") + ";databaseName=" + database
            + ";encrypt=" + ENV.get("CLIENT_TLS") + ";trustServerCertificate=true";
    }

    /** Copies the files of the first n migrations, which STORY has, and reads them as the tool does. */
    private static Flyway flyway(int n) throws Exception {
        Path folder = Files.createTempDirectory("flyway");
        for (Path file : Files.list(Path.of(ENV.get("STORY"))).sorted().limit(n).toList()) {
            Files.copy(file, folder.resolve("V" + file.getFileName().toString().replaceFirst("_", "__")));
        }
        return Flyway.configure().dataSource(url(ENV.get("CLIENT_DATABASE")), ENV.get("CLIENT_USER"), ENV.get("CLIENT_PASSWORD"))
            .locations("filesystem:" + folder).load();
    }
}
