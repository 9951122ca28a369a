package mssql

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"grantree/grants"
	"grantree/sql/tsql"
)

// identifyChunk is how many accounts one round trip asks about: more than a
// site has, so that there is one.
const identifyChunk = 10000

// Identify asks the server, under EXECUTE AS USER, whom it takes each user for
// (reference C.1, step 3; C.6). q must be a single connection.
func Identify(ctx context.Context, q Querier, users []string) ([]grants.Identity, error) {
	out := make([]grants.Identity, 0, len(users))
	for len(out) < len(users) {
		part := users[len(out):min(len(users), len(out)+identifyChunk)]
		said, err := identify(ctx, q, part)
		if err != nil {
			return nil, fmt.Errorf("verify: who is who: %w", err)
		}
		out = append(out, said...)
	}
	return out, nil
}

// identify sends one batch and reads its one result set, in the users' order.
func identify(ctx context.Context, q Querier, users []string) ([]grants.Identity, error) {
	out := make([]grants.Identity, len(users))
	for i, u := range users {
		out[i].User = u
	}
	all := make([]grants.IdentityPart, 0, 8*len(users)) // the users' lists, one after another
	r := &record{}
	err := readSets(ctx, q, identifyBatch(users), []resultSet{{"tokens", func(rows *sql.Rows) error {
		if err := r.scan(rows); err != nil {
			return err
		}
		n := r.number()
		refused, none := r.wordOrNull()
		part := grants.IdentityPart{Server: r.flag(), ID: r.orZero(), Usage: r.orEmpty()}
		switch {
		case r.err != nil:
			return r.err
		case n < 0 || n >= len(users):
			return fmt.Errorf("the server answered about user %d of %d", n, len(users))
		case !none:
			out[n].Refused = strings.TrimSuffix(refused, ".")
		default:
			all = append(all, part)
			if before := len(out[n].Parts); before == 0 || &out[n].Parts[before-1] == &all[len(all)-2] {
				out[n].Parts = all[len(all)-1-before : len(all) : len(all)]
			} else { // not in the users' order, or the list has moved
				out[n].Parts = append(out[n].Parts, part)
			}
		}
		return nil
	}}})
	return out, err
}

// valuesChunk is how many rows VALUES takes.
const valuesChunk = 1000

// identifyBatch is the T-SQL for some users: their names go into a table, a
// loop is each of them in turn, and what it found is one result set. Nobody
// needs a right to write to a table variable, whoever they are.
func identifyBatch(users []string) string {
	var b strings.Builder
	b.WriteString(`SET NOCOUNT ON;
SET LOCK_TIMEOUT 15000;
DECLARE @users TABLE (n int NOT NULL PRIMARY KEY, name nvarchar(128) NOT NULL);
DECLARE @tokens TABLE (n int NOT NULL, refused nvarchar(4000) NULL, of_server bit NOT NULL, id int NULL, usage nvarchar(128) NULL);
DECLARE @n int = 0, @name nvarchar(128), @refused nvarchar(4000);
`)
	for i, u := range users {
		switch {
		case i%valuesChunk > 0:
			b.WriteString(",\n")
		case i > 0:
			b.WriteString(";\n")
			fallthrough
		default:
			b.WriteString("INSERT INTO @users (n, name) VALUES\n")
		}
		fmt.Fprintf(&b, "(%d, %s)", i, tsql.QuoteString(u))
	}
	fmt.Fprintf(&b, `;
WHILE @n < %d
BEGIN
    SELECT @name = u.name, @refused = NULL FROM @users AS u WHERE u.n = @n;
    BEGIN TRY
        EXECUTE AS USER = @name;
    END TRY
    BEGIN CATCH
        SET @refused = ERROR_MESSAGE();
    END CATCH;
    IF @refused IS NOT NULL
        INSERT INTO @tokens (n, refused, of_server) VALUES (@n, @refused, 0);
    ELSE
    BEGIN
        INSERT INTO @tokens (n, of_server, id, usage)
        SELECT @n, 0, t.principal_id, t.usage FROM sys.user_token AS t;
        INSERT INTO @tokens (n, of_server, id, usage)
        SELECT @n, 1, t.principal_id, t.usage FROM sys.login_token AS t;
        REVERT;
    END;
    SET @n = @n + 1;
END;
SELECT t.n, t.refused, t.of_server, t.id, t.usage FROM @tokens AS t ORDER BY t.n, t.of_server, t.id, t.usage;
`, len(users))
	return b.String()
}
