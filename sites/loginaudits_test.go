package sites

import (
	"context"
	"errors"
	"strings"
	"testing"

	"grantree/finding"
	"grantree/policy"
	"grantree/sql/mssql"
)

// TestPlanAudit: an audit is changed by somebody who sees it and may, and nothing
// is said to be done of one that is not seen.
func TestPlanAudit(t *testing.T) {
	wanted := policy.LoginAudit{Path: "/audit", Files: 20, Megabytes: 50}
	there := mssql.AuditState{Sees: true, MayChange: true, Audit: &mssql.ServerAudit{LoginAudit: mssql.LoginAudit{Path: "/audit/", Files: 20, Megabytes: 50}, Enabled: true, Continues: true},
		Spec: &mssql.AuditSpec{Enabled: true, Groups: []string{"FAILED_LOGIN_GROUP", "SUCCESSFUL_LOGIN_GROUP"}}}
	for name, tt := range map[string]struct {
		state   mssql.AuditState
		err     error
		changes int
		code    string
		says    string // a statement of the finding
	}{
		"nothing there":      {mssql.AuditState{Sees: true, MayChange: true}, nil, 3, "", ""},
		"there":              {there, nil, 0, "", ""},
		"not seen":           {mssql.AuditState{}, nil, 0, finding.AuditUnseen, "GRANT VIEW ANY DEFINITION"},
		"no answer":          {mssql.AuditState{}, errors.New("no"), 0, finding.AuditUnseen, ""},
		"somebody else's":    {mssql.AuditState{Sees: true, MayChange: true, Other: "x"}, nil, 0, finding.AuditTaken, ""},
		"who may not change": {mssql.AuditState{Sees: true}, nil, 0, finding.AuditNotChanged, "USE master; CREATE SERVER AUDIT"},
	} {
		p, found := planAudit("main", wanted, tt.state, tt.err)
		if len(p.Changes) != tt.changes || len(p.Statements()) != tt.changes+1 || p.Statements()[0] != "USE master;" {
			t.Errorf("%s: %v", name, p.Changes)
		}
		switch {
		case tt.code == "" && len(found) > 0, tt.code != "" && (len(found) != 1 || found[0].Code != tt.code):
			t.Errorf("%s: %v", name, found)
		case tt.says != "" && !strings.Contains(strings.Join(found[0].Statements, " "), tt.says):
			t.Errorf("%s: %q", name, found[0].Statements)
		}
	}
}

// TestAuditsOfSandbox: a server that has no audits is not one whose log-ins are
// audited.
func TestAuditsOfSandbox(t *testing.T) {
	l := newLive(t)
	f := l.fleet("imvw_site")
	f.Policy.Servers[0].LoginAudit = policy.LoginAudit{Path: "/audit", Files: 20, Megabytes: 50}
	fp := f.Plan(context.Background(), f.Read(context.Background()), PlanOptions{ExpectLoss: -1}, false)
	if len(fp.Audits) > 0 || len(fp.Findings.Of(finding.Warning)) == 0 || !fp.auditDoubts() || fp.AsWanted() {
		t.Errorf("%v, %v", fp.Audits, fp.Findings)
	}
	if err := fp.Err(true); err == nil {
		t.Error("a check is content with an audit that it did not see")
	}
}
