package main

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"grantree/finding"
	"grantree/hardening"
	"grantree/sites"
)

// The part of SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format)
// that an audit needs: a rule for each id, a logical location for each finding,
// since there is no file, and a notification for what could not be read. The
// libraries for it bring a template engine or a test framework into the program.

// sarifLog is the whole of a SARIF file.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool         `json:"tool"`
	Language    string            `json:"language"`
	Invocations []sarifInvocation `json:"invocations"`
	Results     []sarifResult     `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string    `json:"id"`
	ShortDescription sarifText `json:"shortDescription"`
	Properties       sarifTags `json:"properties"`
}

// sarifTags are the rules of the guides that ask the same.
type sarifTags struct {
	Tags []string `json:"tags"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotification struct {
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Properties   jsonAuditFinding  `json:"properties"`
}

type sarifLocation struct {
	Logical []sarifLogical `json:"logicalLocations"`
}

type sarifLogical struct {
	Name string `json:"name"`
	Full string `json:"fullyQualifiedName"`
	Kind string `json:"kind"`
}

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// auditSARIF is an audit for programs that gather findings of many tools.
func auditSARIF(found *sites.Audited, version string) sarifLog {
	run := sarifRun{Language: "en", Results: []sarifResult{}, Tool: sarifTool{sarifDriver{Name: "grantree", Version: version, Rules: []sarifRule{}}}}
	whole := auditJSON(found)
	for _, f := range whole.Findings {
		n := len(run.Tool.Driver.Rules)
		if n == 0 || run.Tool.Driver.Rules[n-1].ID != f.ID {
			n = rulePlace(&run.Tool.Driver, f.ID) + 1
		}
		run.Results = append(run.Results, sarifFinding(f, n-1))
	}
	for i, f := range found.Findings {
		run.Results[i].Locations = located(f.Server, f.Site, f.About)
		run.Results[i].Fingerprints = map[string]string{"finding/v1": fingerprintOf(f)}
	}
	call := sarifInvocation{Successful: found.Err() == nil}
	for _, u := range found.Unread {
		call.Notifications = append(call.Notifications, sarifNotification{"warning", sarifText{"not read: " + u.What + ": " + u.Why}, located(u.Server, u.Site, "")})
	}
	run.Invocations = []sarifInvocation{call}
	return sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}}
}

// rulePlace is where the rule of an id stands, which is added where it is not
// there: an id that is of two severities comes twice.
func rulePlace(d *sarifDriver, id string) int {
	for i, r := range d.Rules {
		if r.ID == id {
			return i
		}
	}
	rule, _ := hardening.RuleOf(id)
	d.Rules = append(d.Rules, sarifRule{id, sarifText{rule.Means}, sarifTags{append([]string{}, rule.Sources...)}})
	return len(d.Rules) - 1
}

// sarifFinding is one finding: what it says and what mends it.
func sarifFinding(f jsonAuditFinding, rule int) sarifResult {
	at := f.Site
	if at == "" {
		at = "server " + f.Server
	}
	text := at + ": " + f.Message
	for _, s := range f.Statements {
		text += "; " + strings.TrimSuffix(s, ";")
	}
	switch {
	case f.Fix != "" && len(f.Statements) > 0:
		text += ", or " + f.Fix
	case f.Fix != "":
		text += "; " + f.Fix
	}
	return sarifResult{RuleID: f.ID, RuleIndex: rule, Level: f.Severity, Message: sarifText{text}, Properties: f}
}

// located is a place on a server.
func located(server, site, about string) []sarifLocation {
	about, _, _ = strings.Cut(about, "\x00")
	place := sarifLogical{Name: server, Full: server, Kind: "namespace"}
	if site != "" {
		place.Name, place.Full = site, place.Full+"/"+site
	}
	if about != "" {
		place = sarifLogical{Name: about, Full: place.Full + "/" + about, Kind: "member"}
	}
	place.Name, place.Full = finding.Printable(place.Name), finding.Printable(place.Full)
	return []sarifLocation{{Logical: []sarifLogical{place}}}
}

// fingerprintOf tells a finding from others from run to run: by what it is about
// and the row, and not by how many it reaches.
func fingerprintOf(f hardening.Finding) string {
	about := f.About
	if about == "" {
		about = f.Message
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{f.Code, f.Server, f.Site, about, f.Evidence}, "\x00")))
	return hex.EncodeToString(sum[:16])
}
