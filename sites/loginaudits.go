package sites

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"grantree/finding"
	"grantree/journal"
	"grantree/policy"
	"grantree/sql/mssql"
)

// AuditPlan is what makes a server audit log-ins as the policy says.
type AuditPlan struct {
	Server  string
	Pos     finding.Pos
	Changes []mssql.AuditChange
	wanted  mssql.LoginAudit
}

// Statements are all that the plan sends, in order, and where.
func (p AuditPlan) Statements() []string {
	out := []string{inMaster}
	for _, c := range p.Changes {
		out = append(out, c.Statements...)
	}
	return out
}

// inMaster is where a server takes statements about its audits, and nowhere else.
const inMaster = "USE master;"

// Reverse is what takes it back.
func (p AuditPlan) Reverse() []string {
	out := []string{inMaster}
	for _, c := range slices.Backward(p.Changes) {
		out = append(out, c.Reverse...)
	}
	return out
}

// planAudits works out the audits of log-ins of the servers whose policy speaks
// of one: a round trip each.
func (f *Fleet) planAudits(ctx context.Context, fp *FleetPlan) {
	plans := make([]AuditPlan, len(f.servers()))
	f.eachFound(ctx, fp, func(ctx context.Context, server string) finding.List {
		i := slices.Index(f.servers(), server)
		at := slices.IndexFunc(f.Policy.Servers, func(s policy.Server) bool { return s.Name == server })
		audit := f.Policy.Servers[at].LoginAudit
		if audit.Path == "" {
			return nil
		}
		var state mssql.AuditState
		err := f.onServer(ctx, server, func(conn *sql.Conn) (err error) {
			state, err = mssql.ReadLoginAudit(ctx, conn)
			return err
		})
		var found finding.List
		plans[i], found = planAudit(server, audit, state, err)
		return found
	})
	for _, p := range plans {
		if len(p.Changes) > 0 {
			fp.Audits = append(fp.Audits, p)
		}
	}
}

// planAudit works out one server's audit of log-ins from what the server said.
func planAudit(server string, audit policy.LoginAudit, state mssql.AuditState, err error) (AuditPlan, finding.List) {
	p := AuditPlan{Server: server, Pos: audit.Pos, wanted: mssql.LoginAudit{Path: audit.Path, Files: audit.Files, Megabytes: audit.Megabytes}}
	var out finding.List
	switch changes := p.wanted.Changes(state); {
	case err != nil:
		out.Warnf(finding.AuditUnseen, audit.Pos, "", "whether log-ins are audited could not be read: %v", err)
	case !state.Sees:
		out.Warnf(finding.AuditUnseen, audit.Pos, "", "server %q: whether log-ins are audited cannot be seen", server).
			Statements = []string{state.ToSee()}
	case state.Other != "":
		out.Warnf(finding.AuditTaken, audit.Pos, "rename or drop it, or take login_audit out", "server %q: %s is not as grantree made it, or not grantree's, and is left alone", server, state.Other)
	case len(changes) > 0 && !state.MayChange:
		p.Changes = changes
		out.Warnf(finding.AuditNotChanged, audit.Pos, "", "server %q: grantree's login may not change audits, which takes ALTER ANY SERVER AUDIT", server).
			Statements = p.Statements()
		p.Changes = nil
	default:
		p.Changes = changes
	}
	return p, out
}

// auditDoubts reports whether the audit of a server is not, or may not be, as the
// policy says, and this plan does not mend it.
func (fp *FleetPlan) auditDoubts() bool {
	return slices.ContainsFunc(fp.run, func(f finding.Finding) bool {
		return f.Code == finding.AuditUnseen || f.Code == finding.AuditTaken || f.Code == finding.AuditNotChanged
	})
}

// changeAudits makes the plan's changes of audits. They have nothing to do with
// what becomes of the sites.
func (f *Fleet) changeAudits(ctx context.Context, fp *FleetPlan, ev Events) error {
	var failed []error
	for _, p := range fp.Audits {
		if ctx.Err() != nil {
			failed = append(failed, fmt.Errorf("server %q: stopped before its audit of log-ins was changed: %w", p.Server, ctx.Err()))
			continue
		}
		err := f.onServer(ctx, p.Server, func(conn *sql.Conn) error {
			if err := mssql.LockLogins(ctx, conn, loginsWait); err != nil {
				return err
			}
			asked := journal.Audit{Server: p.Server, Statements: p.Statements()}
			if err := f.write(journal.Record{Kind: journal.KindAudit, Audit: &asked}); err != nil {
				return &JournalError{err}
			}
			err := mssql.ChangeAudit(ctx, conn, p.wanted, p.Changes)
			f.auditSaid(p.Server, err)
			return err
		})
		if failed = append(failed, err); err == nil && ev.Audit != nil {
			ev.Audit(p)
		}
	}
	return errors.Join(failed...)
}

// auditSaid writes down what became of a server's audit.
func (f *Fleet) auditSaid(server string, err error) {
	said := journal.Audit{Server: server, Outcome: journal.Done}
	if err != nil {
		said.Outcome, said.Why = journal.NotDone, err.Error()
	}
	if failed := f.write(journal.Record{Kind: journal.KindAuditDone, Audit: &said}); failed != nil {
		f.options.Warn("server %q: what became of its audit of log-ins could not be written into the journal: %v", server, failed)
	}
}
