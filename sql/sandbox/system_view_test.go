package sandbox_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"grantree/sql/sandbox"
)

// TestSystemViews reads every catalog view in a database that has tables, keys, indexes and a view: the columns are those
// that sys.all_columns tells, in name and type, also where a query stands behind the view.
func TestSystemViews(t *testing.T) {
	s := serve(t, sandbox.Options{})
	c := sa(t, s, "master")
	c.exec("CREATE DATABASE made")
	c.exec("USE made; CREATE TABLE dbo.a (id int IDENTITY(5, 2) PRIMARY KEY, n nvarchar(20) NULL DEFAULT N'x', CHECK (n <> N''))")
	c.exec("CREATE TABLE dbo.b (id int NOT NULL UNIQUE, a int REFERENCES dbo.a (id)); CREATE INDEX ia ON dbo.b (a DESC) INCLUDE (id); INSERT dbo.a DEFAULT VALUES; GRANT SELECT (n) ON dbo.a TO public")
	c.exec("CREATE VIEW dbo.v AS SELECT id FROM dbo.a")
	told := map[string][]string{}
	for line := range strings.Lines(c.rows(`SELECT s.name + '.' + o.name, c.name, REPLACE(t.name, 'numeric', 'decimal'),
			CASE WHEN t.name LIKE 'n%char' AND c.max_length > 0 THEN c.max_length / 2 WHEN t.name LIKE '%char' OR t.name LIKE '%binary' THEN c.max_length ELSE -1 END
		FROM sys.system_objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id JOIN sys.system_columns AS c ON c.object_id = o.object_id
		JOIN sys.types AS t ON t.system_type_id = c.system_type_id AND t.user_type_id = c.system_type_id AND t.name <> 'sysname' ORDER BY 1, c.column_id`)) {
		view, column, _ := strings.Cut(strings.TrimSpace(line), "|")
		told[view] = append(told[view], column)
	}
	if len(told) < 250 {
		t.Errorf("%d views", len(told))
	}
	for view, columns := range told {
		got, err := c.columns("SELECT * FROM " + view)
		if err != nil || len(got) != len(columns) {
			t.Errorf("%s: %d columns, want %d: %v", view, len(got), len(columns), err)
			continue
		}
		for i, want := range columns {
			if got[i] != want {
				t.Errorf("%s: column %d is %s, want %s", view, i+1, got[i], want)
			}
		}
	}
}

// columns are the names, types and lengths of the columns of a query, all of whose rows are read.
func (s *session) columns(text string) (list []string, err error) {
	rows, err := s.conn.QueryContext(context.Background(), text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	for _, c := range types {
		n, sized := c.Length()
		if !sized || n > 1<<20 {
			n = -1
		}
		list = append(list, fmt.Sprintf("%s|%s|%d", c.Name(), strings.ToLower(c.DatabaseTypeName()), n))
	}
	for rows.Next() {
	}
	return list, rows.Err()
}
