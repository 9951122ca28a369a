package main

import (
	"grantree/hardening"
	"grantree/sites"
)

// jsonAuditFinding is a finding of an audit.
type jsonAuditFinding struct {
	ID         string   `json:"id"`
	Severity   string   `json:"severity"`
	Server     string   `json:"server"`
	Site       string   `json:"site,omitempty"`
	Message    string   `json:"message"`
	Evidence   string   `json:"evidence"`
	Sources    []string `json:"sources"`
	Bypass     bool     `json:"bypass"`
	Reaches    []string `json:"reaches,omitempty"`
	Statements []string `json:"statements,omitempty"`
	Caveat     string   `json:"caveat,omitempty"`
	Fix        string   `json:"fix,omitempty"`
}

// jsonUnread is what could not be read.
type jsonUnread struct {
	Server     string   `json:"server"`
	Site       string   `json:"site,omitempty"`
	What       string   `json:"what"`
	Why        string   `json:"why"`
	Statements []string `json:"statements,omitempty"`
}

// jsonAuditedSite is a site of an audit.
type jsonAuditedSite struct {
	Site   string `json:"site"`
	Server string `json:"server"`
	Read   bool   `json:"read"`
	Error  string `json:"error,omitempty"`
}

// jsonAudit is an audit. Whole says that nothing is unread.
type jsonAudit struct {
	Sites    []jsonAuditedSite  `json:"sites"`
	Findings []jsonAuditFinding `json:"findings"`
	Unread   []jsonUnread       `json:"unread"`
	Whole    bool               `json:"whole"`
}

// auditJSON translates an audit.
func auditJSON(found *sites.Audited) jsonAudit {
	out := jsonAudit{Sites: []jsonAuditedSite{}, Findings: []jsonAuditFinding{}, Unread: []jsonUnread{}, Whole: len(found.Unread) == 0}
	for _, s := range found.Sites {
		line := jsonAuditedSite{Site: s.Site, Server: s.Server, Read: s.Err == nil}
		if s.Err != nil {
			line.Error = s.Err.Error()
		}
		out.Sites = append(out.Sites, line)
	}
	for _, f := range found.Findings {
		rule, _ := hardening.RuleOf(f.Code)
		out.Findings = append(out.Findings, jsonAuditFinding{ID: f.Code, Severity: string(f.Severity), Server: f.Server, Site: f.Site, Message: f.Message, Evidence: f.Evidence,
			Sources: append([]string{}, rule.Sources...), Bypass: f.Bypass, Reaches: f.Reaches, Statements: f.Alone(), Caveat: f.Caveat, Fix: f.Fix})
	}
	for _, u := range found.Unread {
		out.Unread = append(out.Unread, jsonUnread(u))
	}
	return out
}
