package mssql

import (
	"database/sql"
	"fmt"
	"strings"

	"grantree/sql/tsql"
)

// statements are what is sent, one for each change. A password travels in a
// parameter, all of them in one, so it is in no text of ours; the text that the
// server makes of it begins as many lines down as it stands, so that an error
// tells the same line.
func (job Job) statements() (out []string, args []any, err error) {
	var passwords strings.Builder
	line := 0
	for _, c := range job.Changes {
		text := Render(c)
		if c.MakesPassword() {
			name := c.Principals[0]
			password := job.Passwords[name]
			if len(password) != passwordLength {
				return nil, nil, fmt.Errorf("site %q: there is no password for user %q; nothing was sent", job.Site, name)
			}
			text = fmt.Sprintf("SET @grantree_text = REPLICATE(CAST(NCHAR(10) AS nvarchar(max)), %d) + %s + SUBSTRING(@grantree_passwords, %d, %d) + %s; EXEC (@grantree_text);\n%s",
				line, tsql.QuoteString("CREATE USER "+tsql.Quote(name)+" WITH PASSWORD = N'"), passwords.Len()+1, passwordLength, tsql.QuoteString("'"+withSchema(c)+";"), setMark(c))
			passwords.WriteString(password)
		}
		out = append(out, text)
		line += strings.Count(text, "\n") + 1
	}
	if passwords.Len() > 0 {
		out[0] = "DECLARE @grantree_text nvarchar(max); " + out[0]
		args = []any{sql.Named("grantree_passwords", passwords.String())}
	}
	return out, args, nil
}
