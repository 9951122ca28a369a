package hardening

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/grants"
)

// lesser are the codes of a judgement by which somebody has less than the policy
// gives, or nothing: verify tells of these.
var lesser = []string{finding.UnmanagedDeny, finding.ExtraDeny, finding.ColumnDeny, finding.ControlDeny, finding.PublicDeny, finding.ServerDeny,
	finding.SchemaDeny, finding.DatabaseDeny, finding.ConnectDenied, finding.ConnectMissing, finding.ConnectSQLMissing, finding.LoginDisabled,
	finding.RestrictedAccess, finding.ChainBroken, finding.OrphanedUser, finding.UserWithoutLogin, finding.EntryNotVerified,
	finding.ContainedOff, finding.ContainedName, finding.SiteNotContained, finding.NameTaken, finding.NameReserved, finding.LoginRenamed}

// takes reports whether a mismatch is that somebody has less: membership of a
// role that denies, and a view that reads outside the database, have codes that
// are used of the opposite too.
func takes(f finding.Finding) bool {
	return slices.Contains(lesser, f.Code) || f.Code == finding.FixedRole && strings.Contains(f.Message, "loses what the policy gives") || f.Code == finding.OtherDatabase
}

// bypass takes over the ways round the policy from a judgement: the judge is
// package grants, and there is no other.
func (j *site) bypass() {
	for _, f := range j.x.Judged.Mismatches {
		if takes(f) {
			continue
		}
		reaches := j.x.Judged.Reaches[f.Message]
		f.Severity = finding.Error
		j.told(f, true).Reaches = reaches
	}
	for _, f := range j.x.Judged.Unverified {
		switch {
		case slices.Contains(lesser, f.Code):
		case f.Code == finding.NotRead:
		default:
			f.Severity = finding.Warning
			j.told(f, false)
		}
	}
	for _, f := range j.x.Judged.Notes {
		if f.Code == finding.Module {
			f.Severity = finding.Warning
			j.told(f, true)
		}
	}
}

// beyond finds who has more than the policy gives and is named by no way round it:
// a DENY of the policy's is missing.
func (j *site) beyond() {
	if j.x.Wanted == nil || j.x.Schema == "" {
		return
	}
	a, managed := j.x.Access, map[string]bool{}
	if a == nil {
		a = grants.NewAccessFor(j.s, j.x.Wanted)
	}
	for _, v := range j.x.Wanted.Views {
		managed[j.s.Collation.Key(v)] = true
	}
	replies := a.Replies(func(view string) bool { return managed[j.s.Collation.Key(view)] })
	compared := grants.CompareReplies(a, j.x.Wanted, j.x.Schema, replies, nil, j.x.Judged.Accepted)
	for _, user := range slices.Sorted(maps.Keys(compared.Beyond)) {
		if slices.ContainsFunc(j.Findings, func(f Finding) bool { return f.Bypass && (f.About == user || slices.Contains(f.Reaches, user)) }) {
			continue
		}
		for _, f := range compared.Beyond[user] {
			one := j.told(f, true)
			one.About, one.Reaches = user, []string{user}
			one.Evidence = permissions + ": no DENY to " + user
		}
	}
}

// told adds a finding of a judgement, which begins with the site or the server
// that it is about.
func (j *site) told(f finding.Finding, bypass bool) *Finding {
	about, held := &j.report, j.x.Judged.Held[f.Message]
	switch {
	case strings.HasPrefix(f.Message, fmt.Sprintf("site %q: ", j.site)):
		f.Message = strings.TrimPrefix(f.Message, fmt.Sprintf("site %q: ", j.site))
	case strings.HasPrefix(f.Message, fmt.Sprintf("server %q: ", j.server)):
		f.Message = strings.TrimPrefix(f.Message, fmt.Sprintf("server %q: ", j.server))
		about = &j.ofServer
	case strings.HasPrefix(f.Message, "server: "):
		f.Message = strings.TrimPrefix(f.Message, "server: ")
		about = &j.ofServer
	}
	rule, _ := RuleOf(f.Code)
	who, _, _ := strings.Cut(f.About, "\x00")
	out := about.add(f, rule.View+": "+cmp.Or(held, who, f.Message))
	out.Bypass = bypass
	return out
}

// said reports whether a way round the policy is found already by which a
// principal is named with some words.
func (j *site) said(code, about string, words ...string) bool {
	for _, list := range [][]Finding{j.Findings, j.ofServer.Findings} {
		for _, f := range list {
			name, _, _ := strings.Cut(f.About, "\x00")
			if f.Code == code && name == about && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(f.Message, w) }) {
				return true
			}
		}
	}
	return false
}

// unreadParts are the parts of a snapshot that its runner may not read.
func (j *site) unreadParts() {
	for _, u := range j.x.Snapshot.Unread {
		site := j.site
		if u.What != grants.WhatDependencies {
			site = "" // it is the server's
		}
		fix := u.Fix
		j.unread(site, u.What, u.Why, fix...)
	}
}
