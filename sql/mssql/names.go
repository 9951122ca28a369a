package mssql

import (
	"cmp"
	"context"
	_ "embed" // the query file
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"grantree/grants"
)

//go:embed queries/names.sql
var namesQuery string

// SameNames completes a snapshot with which names of the policy and of the site
// are one, in the database's collation and in the server's. It asks the server
// only where grants.Collation.Exact cannot tell for all of them: a site of plain
// names costs no round trip, any other one, and one more for every other
// thousand names that the site does not have yet.
func SameNames(ctx context.Context, q Querier, s *grants.Snapshot, names []string) error {
	own := siteNames(s)
	var unsure []*grants.Collation
	for _, c := range []*grants.Collation{&s.Collation, &s.ServerCollation} {
		if c.Name != "" && !(c.Exact(own...) && c.Exact(names...)) {
			unsure = append(unsure, c)
		}
	}
	if len(unsure) == 0 {
		return nil
	}
	all := slices.Concat(own, names)
	slices.Sort(all)
	all = slices.Compact(all)
	same, err := sameNames(ctx, q, unsure, unknownTo(s, names))
	if err != nil {
		return fmt.Errorf("names: %w", err)
	}
	for i, c := range unsure {
		*c = c.Learned(all, same[i])
	}
	return nil
}

// siteNames lists the names of a site that queries/names.sql compares.
func siteNames(s *grants.Snapshot) []string {
	out := make([]string, 0, len(s.Principals)+len(s.Schemas)+len(s.Views)+len(s.Logins))
	for _, p := range s.Principals {
		out = append(out, p.Name)
	}
	for _, x := range s.Schemas {
		out = append(out, x.Name)
	}
	for _, v := range s.Views {
		out = append(out, v.Name)
	}
	for _, l := range s.Logins {
		out = append(out, l.Name)
	}
	return out
}

// unknownTo leaves out the names that the site has in the same spelling, since
// the server compares its own without being told, and those too long to be in
// a site at all (a sysname has 128 characters).
func unknownTo(s *grants.Snapshot, names []string) []string {
	has := map[string]bool{}
	for _, name := range siteNames(s) {
		has[name] = true
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return has[name] || len(utf16.Encode([]rune(name))) > 128
	})
}

// mostNames is how many names one batch takes: 2,100 is the server's limit of
// parameters, 1,000 its limit of rows in a VALUES.
const mostNames = 1000

// sameNames asks, for each collation, for all pairs of names that it calls the
// same. Where there are more names than a batch holds it asks about every two
// parts of them.
func sameNames(ctx context.Context, q Querier, collations []*grants.Collation, names []string) ([][][2]string, error) {
	out := make([][][2]string, len(collations))
	parts := slices.Collect(slices.Chunk(names, mostNames))
	for len(parts) < 2 {
		parts = append(parts, nil)
	}
	for i, a := range parts {
		for _, b := range parts[i+1:] {
			batch, args, err := namesBatch(collations, a, b)
			if err == nil {
				err = askNames(ctx, q, batch, args, out)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// namesBatch is queries/names.sql once for each collation. The name of one cannot
// be quoted where it stands, so anything but a plain word is refused.
func namesBatch(collations []*grants.Collation, parts ...[]string) (string, []any, error) {
	var inserts strings.Builder
	var args []any
	for _, names := range parts {
		var rows []string
		for _, name := range names {
			args = append(args, name)
			rows = append(rows, fmt.Sprintf("(@p%d)", len(args)))
		}
		if len(rows) > 0 {
			fmt.Fprintf(&inserts, "INSERT INTO @names (name) VALUES %s;\n", strings.Join(rows, ", "))
		}
	}
	batch := snapshotPrelude
	for i, c := range collations {
		if strings.Trim(strings.ToUpper(c.Name), "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
			return "", nil, fmt.Errorf("%q is not the name of a collation", c.Name)
		}
		text := strings.NewReplacer("THE_COLLATION", c.Name, "-- ROWS\n", inserts.String()).Replace(namesQuery)
		batch += strings.ReplaceAll(text, "@names", fmt.Sprintf("@names%d", i))
	}
	return batch, args, nil
}

// askNames sends a batch and adds its pairs to those of each collation.
func askNames(ctx context.Context, q Querier, batch string, args []any, out [][][2]string) error {
	rows, err := q.QueryContext(ctx, batch, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for i := range out {
		if i > 0 && !rows.NextResultSet() {
			return cmp.Or(rows.Err(), fmt.Errorf("the server answered for %d of %d collations", i, len(out)))
		}
		for rows.Next() {
			var pair [2]string
			if err := rows.Scan(&pair[0], &pair[1]); err != nil {
				return err
			}
			out[i] = append(out[i], pair)
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	return nil
}
