package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"grantree/finding"
	"grantree/hardening"
	"grantree/sites"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// anAudit is one with all that a SARIF file can hold.
func anAudit() *sites.Audited {
	a := &sites.Audited{Sites: []sites.AuditedSite{{Site: "North", Server: "main"}, {Site: "South", Server: "main", Err: errors.New("away")}}}
	one := func(code string, s finding.Severity, site, about string) hardening.Finding {
		f := hardening.Finding{Finding: finding.Finding{Code: code, Severity: s, Message: "the \x1b]0;user \"eve\"", About: about, Statements: []string{"REVOKE CONNECT FROM [guest];"}, Use: "USE [x];", Fix: "or drop it"},
			Server: "main", Site: site, Evidence: "sys.database_permissions: CONNECT", Caveat: "they are kept out", Reaches: []string{"eve"}, Bypass: true}
		return f
	}
	a.Add(hardening.Report{Findings: []hardening.Finding{one(finding.PasswordExpiration, finding.Warning, "", "sa"), one(finding.GuestConnect, finding.Error, "North", "guest"),
		one(finding.PasswordExpiration, finding.Note, "", "eve"), one(finding.WeakPassword, finding.Error, "", "")},
		Unread: []hardening.Unread{{Server: "main", What: "the server's audits", Why: "no right"}, {Server: "main", Site: "South", What: "the site", Why: "away"}}})
	a.Sort()
	return a
}

// TestSARIF holds what is printed to the schema of OASIS, and to what an audit
// found.
func TestSARIF(t *testing.T) {
	for name, audit := range map[string]*sites.Audited{"all": anAudit(), "nothing": {}} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			if err := (&app{stdout: &out}).printJSON(auditSARIF(audit, "1.2.3")); err != nil {
				t.Fatal(err)
			}
			if err := valid([]byte(out.String())); err != nil {
				t.Fatalf("%v\n%s", err, out.String())
			}
			if strings.ContainsRune(out.String(), '\x1b') {
				t.Error("a terminal would obey it")
			}
			var log sarifLog
			if err := json.Unmarshal([]byte(out.String()), &log); err != nil {
				t.Fatal(err)
			}
			run := log.Runs[0]
			if len(run.Results) != len(audit.Findings) || len(run.Invocations[0].Notifications) != len(audit.Unread) || run.Invocations[0].Successful != (audit.Err() == nil) {
				t.Errorf("%d results and %d notifications of %d findings and %d unread", len(run.Results), len(run.Invocations[0].Notifications), len(audit.Findings), len(audit.Unread))
			}
			prints := map[string]bool{}
			for i, r := range run.Results {
				f := audit.Findings[i]
				if r.RuleID != f.Code || run.Tool.Driver.Rules[r.RuleIndex].ID != f.Code || r.Level != string(f.Severity) {
					t.Errorf("result %d is %s, rule %d, %s", i, r.RuleID, r.RuleIndex, r.Level)
				}
				prints[r.Fingerprints["finding/v1"]] = true
			}
			if len(prints) != len(run.Results) {
				t.Errorf("%d fingerprints of %d results", len(prints), len(run.Results))
			}
		})
	}
}

// valid holds a file to the schema of OASIS, as it is published (errata 01).
func valid(data []byte) error {
	c := jsonschema.NewCompiler()
	schema, err := c.Compile("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return schema.Validate(v)
}

// TestSchemaRefuses: the schema would notice.
func TestSchemaRefuses(t *testing.T) {
	for name, spoil := range map[string]func(string) string{
		"a level that there is none of": func(s string) string { return strings.Replace(s, `"level":"error"`, `"level":"dreadful"`, 1) },
		"a key that there is none of":   func(s string) string { return strings.Replace(s, `"ruleIndex"`, `"ruleNumber"`, 1) },
		"a rule that is no text":        func(s string) string { return strings.Replace(s, `"version":"2.1.0"`, `"version":"2.2.0"`, 1) },
	} {
		data, err := json.Marshal(auditSARIF(anAudit(), ""))
		if err != nil {
			t.Fatal(err)
		}
		bad := spoil(string(data))
		if bad == string(data) || valid([]byte(bad)) == nil {
			t.Errorf("%s passes", name)
		}
	}
}
