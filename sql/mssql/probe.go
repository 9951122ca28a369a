package mssql

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/grants"
	"grantree/sql/tsql"
)

// probeChunk is how many users one round trip asks for: enough to keep the
// number of round trips small, few enough to keep a batch readable.
const probeChunk = 100

// Probed is the server's own answer about one user: what they may do on each
// view, by "schema.view" as the snapshot names them. Views on which they may
// do nothing are absent. Err is set where the server would not answer.
type Probed struct {
	User string
	May  map[string]catalog.Permissions
	Err  error
}

// Probe asks the server, under EXECUTE AS USER, what each user may do on each
// of the snapshot's views that want holds (reference C.5, C.6). One round
// trip answers for a hundred users. q must be a single connection.
func Probe(ctx context.Context, q Querier, s *grants.Snapshot, users []string, want func(view string) bool) ([]Probed, error) {
	schemas := map[int]string{}
	for _, x := range s.Schemas {
		schemas[x.ID] = x.Name
	}
	var views []probeView
	for _, v := range s.Views {
		if want(v.Name) {
			views = append(views, probeView{id: v.ID, name: schemas[v.Schema] + "." + v.Name})
		}
	}
	var out []Probed
	for chunk := range slices.Chunk(users, probeChunk) {
		part, err := probeUsers(ctx, q, views, chunk)
		if err != nil {
			return nil, fmt.Errorf("verify: %w", err)
		}
		out = append(out, part...)
	}
	return out, nil
}

type probeView struct {
	id   int
	name string
}

// probeUsers sends one batch and reads one result set per user: first a
// status row, then a row per view on which the user may do anything.
func probeUsers(ctx context.Context, q Querier, views []probeView, users []string) ([]Probed, error) {
	rows, err := q.QueryContext(ctx, probeBatch(users))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names := map[int64]string{}
	for _, v := range views {
		names[int64(v.id)] = v.name
	}
	var out []Probed
	for i, user := range users {
		if i > 0 && !rows.NextResultSet() {
			if err := rows.Err(); err != nil {
				return nil, err
			}
			return nil, fmt.Errorf("the server answered for %d of %d users", i, len(users))
		}
		p := Probed{User: user, May: map[string]catalog.Permissions{}}
		for rows.Next() {
			var id int64
			var text string
			var sel, ins, upd, del int
			if err := rows.Scan(&id, &text, &sel, &ins, &upd, &del); err != nil {
				return nil, err
			}
			if id == 0 {
				p.Err = fmt.Errorf("user %q cannot be asked about: %s", user, strings.TrimSuffix(text, "."))
			} else if name, ok := names[id]; ok {
				p.May[name] = bits(sel, ins, upd, del)
			}
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// bits packs four answers of HAS_PERMS_BY_NAME.
func bits(sel, ins, upd, del int) catalog.Permissions {
	p := catalog.None
	for i, one := range []catalog.Permissions{catalog.Select, catalog.Insert, catalog.Update, catalog.Delete} {
		if []int{sel, ins, upd, del}[i] == 1 {
			p = p.Union(one)
		}
	}
	return p
}

// probeBatch is the T-SQL for some users. The views are listed before anyone
// is impersonated, since a user sees only the views on which they hold
// something (reference C.4).
func probeBatch(users []string) string {
	var b strings.Builder
	b.WriteString(`SET NOCOUNT ON;
SET LOCK_TIMEOUT 15000;
DECLARE @views TABLE (id int NOT NULL, name nvarchar(520) NOT NULL);
INSERT INTO @views (id, name)
SELECT v.object_id, QUOTENAME(s.name) + N'.' + QUOTENAME(v.name)
FROM sys.views AS v JOIN sys.schemas AS s ON s.schema_id = v.schema_id
WHERE v.is_ms_shipped = 0;
DECLARE @refused nvarchar(4000);
`)
	for _, u := range users {
		name := tsql.QuoteString(u)
		fmt.Fprintf(&b, `SET @refused = NULL;
BEGIN TRY
    EXECUTE AS USER = %[1]s;
END TRY
BEGIN CATCH
    SET @refused = ERROR_MESSAGE();
END CATCH;
IF @refused IS NOT NULL
    SELECT 0 AS id, @refused AS refused, 0 AS sel, 0 AS ins, 0 AS upd, 0 AS del;
ELSE
BEGIN
    SELECT p.id, N'' AS refused, p.sel, p.ins, p.upd, p.del
    FROM (SELECT v.id, ISNULL(HAS_PERMS_BY_NAME(v.name, 'OBJECT', 'SELECT'), 0) AS sel, ISNULL(HAS_PERMS_BY_NAME(v.name, 'OBJECT', 'INSERT'), 0) AS ins,
                 ISNULL(HAS_PERMS_BY_NAME(v.name, 'OBJECT', 'UPDATE'), 0) AS upd, ISNULL(HAS_PERMS_BY_NAME(v.name, 'OBJECT', 'DELETE'), 0) AS del
          FROM @views AS v) AS p
    WHERE p.sel + p.ins + p.upd + p.del > 0
    ORDER BY p.id;
    REVERT;
END;
`, name)
	}
	return b.String()
}
