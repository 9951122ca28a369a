package mssql

import (
	"context"
	"database/sql"
	_ "embed" // the query files
	"errors"
	"fmt"
	"slices"
	"strings"

	"grantree/grants"
	"grantree/sql/tsql"
)

//go:embed queries/login_audit.sql
var loginAuditQuery string

// The audit of log-ins is known by its GUID, which nobody else gives to one: an
// audit can carry no extended property. Its name and that of its specification
// are the same on every server.
const (
	loginAuditGUID = "6772616E-7472-6565-6C6F-67696E730001" // "grantree", "logins"
	loginAuditName = "grantree logins"
)

// loginGroups are what the audit takes (reference E.4).
var loginGroups = []string{"FAILED_LOGIN_GROUP", "SUCCESSFUL_LOGIN_GROUP"}

// LoginAudit is the audit of log-ins that a policy wants of a server: a file in a
// folder of the server's, that many files of that size, the oldest of which goes.
type LoginAudit struct {
	Path             string
	Files, Megabytes int
}

// AuditState is what a server has of it.
type AuditState struct {
	Sees, MayChange bool
	Audit           *ServerAudit
	// Other is what has the audit's name or place and is not grantree's, for a
	// sentence, or "".
	Other  string
	Spec   *AuditSpec
	runner string
	modern bool
}

// ServerAudit is a server audit that writes to files.
type ServerAudit struct {
	LoginAudit
	Enabled   bool
	Continues bool // ON_FAILURE = CONTINUE
}

// AuditSpec is the server audit specification of an audit.
type AuditSpec struct {
	Enabled bool
	Groups  []string
}

// ToSee and ToChange are the statements that let the runner see audits, and make
// them.
func (s AuditState) ToSee() string {
	if s.modern {
		return s.giving("VIEW ANY SECURITY DEFINITION")
	}
	return s.giving("VIEW ANY DEFINITION")
}
func (s AuditState) ToChange() string { return s.giving("ALTER ANY SERVER AUDIT") }

func (s AuditState) giving(permission string) string {
	return Statement(grants.Remedy{Kind: grants.RemedyGrant, On: grants.Securable{Class: "SERVER"}, Permissions: []string{permission}, Principal: s.runner})
}

// ReadLoginAudit reads what a server has of the audit of log-ins, in one round trip.
func ReadLoginAudit(ctx context.Context, conn *sql.Conn) (AuditState, error) {
	var s AuditState
	rows, err := conn.QueryContext(ctx, loginAuditQuery, sql.Named("guid", loginAuditGUID), sql.Named("name", loginAuditName))
	if err != nil {
		return s, fmt.Errorf("the audit of log-ins: %w", err)
	}
	defer rows.Close()
	for i, read := range []func(*sql.Rows) error{s.audit, s.spec, s.rights} {
		if i > 0 && !rows.NextResultSet() {
			return s, errors.Join(errors.New("the audit of log-ins: the server sent too little"), rows.Err())
		}
		for rows.Next() {
			if err := read(rows); err != nil {
				return s, fmt.Errorf("the audit of log-ins: %w", err)
			}
		}
		if err := rows.Err(); err != nil {
			return s, fmt.Errorf("the audit of log-ins: %w", err)
		}
	}
	return s, nil
}

func (s *AuditState) audit(rows *sql.Rows) error {
	var name string
	var path sql.NullString
	var ours, enabled bool
	var onFailure int
	var size, files sql.NullInt64
	if err := rows.Scan(&name, &ours, &enabled, &onFailure, &path, &size, &files); err != nil {
		return err
	}
	if !ours {
		s.Other = fmt.Sprintf("the server audit %q", name)
		return nil
	}
	if name != loginAuditName || !path.Valid {
		s.Other = fmt.Sprintf("the server audit %q, which was changed since,", name)
		return nil
	}
	s.Audit = &ServerAudit{LoginAudit: LoginAudit{Path: path.String, Files: int(files.Int64), Megabytes: int(size.Int64)},
		Enabled: enabled, Continues: onFailure == 0}
	return nil
}

func (s *AuditState) spec(rows *sql.Rows) error {
	var name string
	var group sql.NullString
	var ours, enabled bool
	if err := rows.Scan(&name, &ours, &enabled, &group); err != nil {
		return err
	}
	if !ours || name != loginAuditName { // another audit's, or another's on ours, which takes one
		s.Other = fmt.Sprintf("the server audit specification %q", name)
		return nil
	}
	if s.Spec == nil {
		s.Spec = &AuditSpec{Enabled: enabled}
	}
	s.Spec.Groups = append(s.Spec.Groups, group.String)
	return nil
}

func (s *AuditState) rights(rows *sql.Rows) error {
	var alter, definition, security sql.NullInt64
	if err := rows.Scan(&alter, &definition, &security, &s.runner); err != nil {
		return err
	}
	s.MayChange, s.modern = alter.Int64 == 1, security.Valid
	s.Sees = s.MayChange || definition.Int64 == 1 || security.Int64 == 1
	return nil
}

// AuditChange is a change of a server's audit, with what undoes it.
type AuditChange struct {
	Kind                string
	Statements, Reverse []string
}

// Changes are what makes a server's audit as it is wanted. What is not grantree's
// is not touched: Other says then that there is nothing to do.
func (w LoginAudit) Changes(s AuditState) []AuditChange {
	if s.Other != "" {
		return nil
	}
	var out []AuditChange
	add := func(kind string, statements, reverse []string) {
		out = append(out, AuditChange{kind, statements, reverse})
	}
	audit := tsql.Quote(loginAuditName)
	state := func(what, word string) string {
		return fmt.Sprintf("ALTER SERVER %s %s WITH (STATE = %s);", what, audit, word)
	}
	on, off := state("AUDIT", "ON"), state("AUDIT", "OFF")
	specOn, specOff := state("AUDIT SPECIFICATION", "ON"), state("AUDIT SPECIFICATION", "OFF")
	switch a := s.Audit; {
	case a == nil:
		add("create_audit", []string{fmt.Sprintf("CREATE SERVER AUDIT %s %s WITH (QUEUE_DELAY = 1000, ON_FAILURE = CONTINUE, AUDIT_GUID = '%s');", audit, w.file(), loginAuditGUID)},
			[]string{fmt.Sprintf("DROP SERVER AUDIT %s;", audit)})
		add("start_audit", []string{on}, []string{off})
	case !w.like(*a):
		to := func(x LoginAudit) string {
			return fmt.Sprintf("ALTER SERVER AUDIT %s %s WITH (QUEUE_DELAY = 1000, ON_FAILURE = CONTINUE);", audit, x.file())
		}
		if a.Enabled {
			add("change_audit", []string{off, to(w), on}, []string{off, to(a.LoginAudit), on})
		} else {
			add("change_audit", []string{to(w), on}, []string{off, to(a.LoginAudit)})
		}
	case !a.Enabled:
		add("start_audit", []string{on}, []string{off})
	}
	var lacks []string
	switch x := s.Spec; {
	case x == nil:
		add("create_audit_specification",
			[]string{fmt.Sprintf("CREATE SERVER AUDIT SPECIFICATION %s FOR SERVER AUDIT %s %s WITH (STATE = ON);", audit, audit, groups("ADD", loginGroups))},
			[]string{specOff, fmt.Sprintf("DROP SERVER AUDIT SPECIFICATION %s;", audit)})
	default:
		for _, g := range loginGroups {
			if !slices.Contains(x.Groups, g) {
				lacks = append(lacks, g)
			}
		}
		alter := func(verb string) string {
			return fmt.Sprintf("ALTER SERVER AUDIT SPECIFICATION %s %s;", audit, groups(verb, lacks))
		}
		switch {
		case len(lacks) > 0 && x.Enabled:
			add("change_audit_specification", []string{specOff, alter("ADD"), specOn}, []string{specOff, alter("DROP"), specOn})
		case len(lacks) > 0:
			add("change_audit_specification", []string{alter("ADD"), specOn}, []string{specOff, alter("DROP")})
		case !x.Enabled:
			add("start_audit_specification", []string{specOn}, []string{specOff})
		}
	}
	return out
}

// like reports whether an audit writes where and as it is wanted to, and leaves
// the server alone where it cannot.
func (w LoginAudit) like(a ServerAudit) bool {
	same := func(x, y string) bool {
		x, y = strings.TrimRight(x, `\/`), strings.TrimRight(y, `\/`)
		return x == y || strings.Contains(x, `\`) && (grants.Collation{}).Equal(x, y) // of Windows, where case does not count
	}
	return same(w.Path, a.Path) && w.Files == a.Files && w.Megabytes == a.Megabytes && a.Continues
}

// file is where the audit writes.
func (w LoginAudit) file() string {
	return fmt.Sprintf("TO FILE (FILEPATH = %s, MAXSIZE = %d MB, MAX_ROLLOVER_FILES = %d)", tsql.QuoteString(w.Path), w.Megabytes, w.Files)
}

// groups lists groups of actions as a specification takes or drops them.
func groups(verb string, names []string) string {
	var out []string
	for _, g := range names {
		out = append(out, fmt.Sprintf("%s (%s)", verb, g))
	}
	return strings.Join(out, ", ")
}

// ChangeAudit makes changes of a server's audit, one statement at a time, for none
// of them can be in a transaction, and looks whether they were made.
func ChangeAudit(ctx context.Context, conn *sql.Conn, w LoginAudit, changes []AuditChange) error {
	for _, c := range changes {
		for _, statement := range c.Statements {
			if _, err := conn.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("%s was refused: %w", statement, err)
			}
		}
	}
	s, err := ReadLoginAudit(ctx, conn)
	switch {
	case err != nil:
		return fmt.Errorf("what came of the changes of the audit could not be seen: %w", err)
	case s.Other != "" || len(w.Changes(s)) > 0:
		return errors.New("the changes of the audit were taken, and it is not as the policy says")
	}
	return nil
}
