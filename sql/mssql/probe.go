package mssql

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"grantree/catalog"
	"grantree/grants"
	"grantree/sql/tsql"
)

// probeChunk is how many users one round trip asks for: enough to keep the
// number of round trips small, few enough to keep a batch readable.
const probeChunk = 100

// Probe asks the server, under EXECUTE AS USER, what each user may do on each
// of the snapshot's views that want holds (reference C.5, C.6). One round trip
// answers for a hundred users. q must be a single connection. unasked names the
// views, by "schema.view", whose names HAS_PERMS_BY_NAME cannot take.
func Probe(ctx context.Context, q Querier, s *grants.Snapshot, users []string, want func(view string) bool) (out []grants.Reply, unasked []string, err error) {
	schemas := map[int]string{}
	for _, x := range s.Schemas {
		schemas[x.ID] = x.Name
	}
	var views []probeView
	for _, v := range s.Views {
		if !want(v.Name) {
			continue
		}
		name := schemas[v.Schema] + "." + v.Name
		if !askable(schemas[v.Schema], v.Name) {
			unasked = append(unasked, name)
			continue
		}
		views = append(views, probeView{id: v.ID, name: name})
	}
	for chunk := range slices.Chunk(users, probeChunk) {
		part, err := probeUsers(ctx, q, views, chunk)
		if err != nil {
			return nil, nil, fmt.Errorf("verify: %w", err)
		}
		out = append(out, part...)
	}
	return out, unasked, nil
}

// maxSecurable is the length of what HAS_PERMS_BY_NAME takes as a securable, a
// sysname, in UTF-16 code units.
const maxSecurable = 128

// regular is the form of a name that needs no brackets and is no word of the
// language: none is as long as those that are written so.
var regular = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// askable reports whether a view's name fits HAS_PERMS_BY_NAME: between
// brackets, or bare where it may stand so. probeBatch decides alike.
func askable(schema, view string) bool {
	quoted := tsql.Quote(schema) + "." + tsql.Quote(view)
	bare := schema + "." + view
	return len(utf16.Encode([]rune(quoted))) <= maxSecurable || regular.MatchString(schema) && regular.MatchString(view) && len(bare) <= maxSecurable
}

type probeView struct {
	id   int
	name string
}

// probeUsers sends one batch and reads one result set per user: first a
// status row, then a row per view on which the user may do anything.
func probeUsers(ctx context.Context, q Querier, views []probeView, users []string) ([]grants.Reply, error) {
	rows, err := q.QueryContext(ctx, probeBatch(users))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names := make(map[int]string, len(views))
	for _, v := range views {
		names[v.id] = v.name
	}
	out, last := make([]grants.Reply, 0, len(users)), 0
	for i, user := range users {
		if i > 0 && !rows.NextResultSet() {
			if err := rows.Err(); err != nil {
				return nil, err
			}
			return nil, fmt.Errorf("the server answered for %d of %d users", i, len(users))
		}
		p := grants.Reply{User: user, May: make(map[string]catalog.Permissions, last)}
		r := &record{}
		for rows.Next() {
			if err := r.scan(rows); err != nil {
				return nil, err
			}
			id, text := r.number(), r.word()
			may := bits(r.number(), r.number(), r.number(), r.number())
			switch name, ok := names[id]; {
			case r.err != nil:
				return nil, r.err
			case id == 0:
				p.Refused = strings.TrimSuffix(text, ".")
			case ok:
				p.May[name] = may
			}
		}
		last = len(p.May)
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
	for _, answer := range [...]struct {
		is  int
		one catalog.Permissions
	}{{sel, catalog.Select}, {ins, catalog.Insert}, {upd, catalog.Update}, {del, catalog.Delete}} {
		if answer.is == 1 {
			p = p.Union(answer.one)
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
SELECT n.id, n.name
FROM (SELECT v.object_id AS id,
             CASE WHEN LEN(QUOTENAME(s.name) + N'.' + QUOTENAME(v.name)) <= 128 THEN QUOTENAME(s.name) + N'.' + QUOTENAME(v.name)
                  WHEN LEN(s.name + N'.' + v.name) <= 128 AND s.name + v.name COLLATE Latin1_General_BIN2 NOT LIKE N'%[^A-Za-z0-9_]%'
                   AND s.name COLLATE Latin1_General_BIN2 LIKE N'[A-Za-z_]%' AND v.name COLLATE Latin1_General_BIN2 LIKE N'[A-Za-z_]%' THEN s.name + N'.' + v.name
             END AS name
      FROM sys.views AS v JOIN sys.schemas AS s ON s.schema_id = v.schema_id
      WHERE v.is_ms_shipped = 0) AS n
WHERE n.name IS NOT NULL;
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
