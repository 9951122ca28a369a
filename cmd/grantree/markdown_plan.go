package main

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/report/changes"
	"grantree/sites"
	"grantree/sql/mssql"
)

// A plan for reviewers: what plan shows, as a comment of a pull request. It has no
// connection data: why a site could not be read, and the statements that a finding
// advises, name servers and the runner, and are left to the messages.

// How much of a comment each part may take before the others have had theirs, in
// bytes, and what is kept for statements.
const (
	shareSites, shareWho, shareLogins, shareFindings = 5 << 10, 22 << 10, 4 << 10, 9 << 10
	shareMembers, shareNodes, sharePrints            = 5 << 10, 6 << 10, 4 << 10
	reserveStatements                                = 6 << 10
)

// namesInRow is how many people are named in a row; more take further rows.
const namesInRow = 40

// printMarkdown prints a plan as a comment of a pull request.
func (a *app) printMarkdown(fp *sites.FleetPlan, full bool) error {
	list := drawnOf(fp.Sites, full)
	head := markdownHead(fp)
	text, room := fitted([]*section{markdownSites(fp), markdownWho(fp, full), markdownLogins(fp), markdownFindings(fp),
		markdownNodes(list), markdownMembers(list), markdownPrints(fp)}, commentSize-len(head), reserveStatements)
	sql, err := markdownStatements(fp, list, room)
	if err != nil {
		return err
	}
	_, err = io.WriteString(a.stdout, head+text+sql)
	return err
}

// markdownHead is the sum of it: people, sites and statements.
func markdownHead(fp *sites.FleetPlan) string {
	var b strings.Builder
	sum := sumOf(fp)
	fmt.Fprintf(&b, "## grantree plan\n\n**%s lose, %d leave, %d gain**: %s in %d of %s.\n",
		count(sum.Lose, "person"), sum.Leave, sum.Gain, count(sum.Statements, "statement"), sum.Changing, count(sum.Sites, "site"))
	b.WriteString(markdownModes(fp))
	if said, _ := nothingSaid(fp); said != "" {
		fmt.Fprintf(&b, "\n%s\n", said)
	}
	if fp.Refusal() != nil {
		b.WriteString("\n**A rule is broken: `grantree apply` sends nothing.** The errors are below.\n")
	}
	if refused := refusedSites(fp); len(refused) > 0 {
		fmt.Fprintf(&b, "\n**`grantree apply` leaves out %s, which an error stops.** The errors are below.\n", count(len(refused), "site"))
	}
	if n := len(fp.Unread); n > 0 {
		fmt.Fprintf(&b, "\n**%s could not be read**, and nothing is said of them. The log of the run says why.\n", count(n, "site"))
	}
	return b.String()
}

// sumOf is a plan in numbers, each person once.
func sumOf(fp *sites.FleetPlan) changes.Sum {
	sum := changes.Sum{Sites: len(fp.Rows())}
	lose, leave, gain := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, s := range fp.Sites {
		people := s.People()
		for _, name := range people.Lose {
			lose[name] = true
		}
		for _, name := range people.Gain {
			gain[name] = true
		}
		for _, e := range people.Effects {
			for _, name := range e.People {
				if e.Leaves {
					leave[name] = true
				}
			}
		}
		sum.Statements += s.Statements()
		if !s.Empty() {
			sum.Changing++
		}
	}
	sum.Lose, sum.Leave, sum.Gain = len(lose), len(leave), len(gain)
	return sum
}

// refusedSites are the sites that an error of their own stops.
func refusedSites(fp *sites.FleetPlan) []string {
	var out []string
	for _, r := range fp.Rows() {
		if r.Outcome == sites.Refused {
			out = append(out, r.Site.Name)
		}
	}
	return out
}

// markdownSites are the numbers of each site; those with the same are one row.
func markdownSites(fp *sites.FleetPlan) *section {
	s := &section{head: "\n| Site | People | Gain | Lose | Leave | Statements | |\n|---|--:|--:|--:|--:|--:|---|\n", noun: "row of sites", share: shareSites}
	var cells []string
	names := map[string][]string{}
	for _, r := range fp.Rows() {
		cell := fmt.Sprintf("- | - | - | - | - | %s", r.Outcome)
		if r.Plan != nil {
			p := r.Plan.People()
			cell = fmt.Sprintf("%d | %d | %d | %d | %d | %s", p.Total, len(p.Gain), len(p.Lose), leaving(p), r.Plan.Statements(), r.Outcome)
		}
		if names[cell] == nil {
			cells = append(cells, cell)
		}
		names[cell] = append(names[cell], r.Site.Name)
	}
	for _, cell := range cells {
		s.rows = append(s.rows, fmt.Sprintf("| %s | %s |\n", codes(names[cell], 3), cell))
	}
	return s
}

// markdownWho is what becomes of people, losers first.
func markdownWho(fp *sites.FleetPlan, full bool) *section {
	s := &section{head: "\n### People\n\n| Who | Sites | What |\n|---|---|---|\n", noun: "row of people", share: shareWho}
	teller := newTeller(fp.Policy.Catalog, full)
	teller.quote = inPlace
	for _, r := range whoRows(peopledOf(fp.Sites), teller, full) {
		where := codes(r.sites, 3)
		switch {
		case r.each:
			where = count(len(r.sites), "site") + " each"
		case len(r.sites) == len(fp.Sites) && len(r.sites) > 1:
			where = "all"
		case len(r.sites) > 3:
			where = count(len(r.sites), "site")
		}
		for names := range slices.Chunk(r.people, namesInRow) {
			s.rows = append(s.rows, fmt.Sprintf("| %s | %s | %s |\n", codes(names, namesInRow), where, r.what))
		}
	}
	return s
}

// markdownLogins is what becomes of seats, and of the logins of servers.
func markdownLogins(fp *sites.FleetPlan) *section {
	s := &section{head: "\n### Seats and logins\n\n", noun: "line", share: shareLogins}
	for _, t := range accountsTold(fp) {
		for _, text := range t.markdown() {
			s.rows = append(s.rows, "- "+text+"\n")
		}
	}
	return s
}

// accountsTold is what becomes of seats, and of the logins of servers.
func accountsTold(fp *sites.FleetPlan) []told {
	out := append(seatsTold(fp), retiredTold(fp)...)
	made, logins := map[string][]string{}, map[string][]string{}
	for _, l := range fp.NewAccounts() {
		if l.Database != "" {
			made[l.Place()] = append(made[l.Place()], l.Login)
		}
	}
	for _, place := range sorted(made) {
		out = append(out, tell("New users with a password of their own on %s: %s.", []string{serverOfPlace(place)}, made[place]))
	}
	for _, l := range fp.Logins {
		logins[l.Server] = append(logins[l.Server], l.Login)
	}
	for _, server := range sorted(logins) {
		out = append(out, tell("New logins of server %s: %s.", []string{server}, logins[server]))
	}
	words := map[grants.LoginKind]string{grants.DisableLogin: "disabled", grants.EnableLogin: "enabled", grants.RenameLogin: "renamed", grants.DropLogin: "dropped"}
	for _, server := range fp.Servers {
		for _, c := range server.Changes {
			t := tell("Login %s of server %s is "+words[c.Kind], []string{c.Login}, []string{server.Server})
			if c.To != "" {
				t = tell(t.text+" to %s", append(t.names, []string{c.To})...)
			}
			out = append(out, tell(t.text+".", t.names...))
		}
	}
	for _, p := range fp.Audits {
		out = append(out, tell("The audit of log-ins of server %s changes.", []string{p.Server}))
	}
	if insert := fp.LedgerInsert(); insert != "" && writesLedger(fp) {
		out = append(out, tell("Each site that changes gets a row of its ledger: %s.", []string{strings.TrimSuffix(insert, ";")}))
	}
	return out
}

// writesLedger reports whether a plan changes a site, so that its ledger gets a row.
func writesLedger(fp *sites.FleetPlan) bool {
	return slices.ContainsFunc(fp.Sites, func(s sites.SitePlan) bool { return !s.Empty() })
}

// seatsTold is what becomes of seats.
func seatsTold(fp *sites.FleetPlan) []told {
	var out []told
	switch seats := fp.Seats; {
	case seats.Counted:
		out = append(out, tell(literal(fmt.Sprintf("Seats: %s.", seats.Count))))
	case len(seats.LeftOut) > 0:
		out = append(out, tell("Seats: not counted: %s could not be read.", seats.Unread))
	default:
		out = append(out, tell("Seats: not counted."))
	}
	for _, of := range []struct {
		label string
		names []string
	}{{"Left out, for want of a seat", fp.Seats.LeftOut}, {"Seats freed first", fp.Seats.Freed}, {"New seats", fp.Seats.New}} {
		if len(of.names) > 0 {
			out = append(out, tell(of.label+": %s.", of.names))
		}
	}
	return out
}

// retiredTold names the sites that are neither read nor counted.
func retiredTold(fp *sites.FleetPlan) []told {
	var out []told
	for _, site := range fp.Policy.Sites {
		if site.Retired {
			out = append(out, tell("Retired, neither read nor counted: %s: %s.", []string{site.Name}, []string{site.Reason}))
		}
	}
	return out
}

// serverOfPlace is a place without its database.
func serverOfPlace(place string) string {
	server, _, _ := strings.Cut(place, "/")
	return server
}

// markdownFindings are the errors and warnings, errors first, what several sites
// have once.
func markdownFindings(fp *sites.FleetPlan) *section {
	s := &section{head: "\n### Findings\n\n", noun: "finding", share: shareFindings}
	for _, f := range findingsForReview(fp) {
		where := ""
		if !f.Where.IsZero() {
			where = " in " + inCode(f.Where.String())
		}
		s.rows = append(s.rows, fmt.Sprintf("- **%s** %s%s: %s\n", f.Severity, inCode(f.Code), where, inPlace(f.Message)))
	}
	return s
}

// findingsForReview are the errors and warnings of a plan without what connects to a
// server; the statements that they advise are left to the messages.
func findingsForReview(fp *sites.FleetPlan) finding.List {
	hide := connections(fp)
	var out finding.List
	for _, of := range []finding.Severity{finding.Error, finding.Warning} {
		for _, f := range acrossSites(fp.Findings.Of(of)) {
			out = append(out, finding.Finding{Code: f.Code, Severity: f.Severity, Where: f.Where, Message: hide.Replace(f.Message)})
		}
	}
	return out
}

// connections replaces what connects to the policy's servers: their addresses, and
// the names of those as whom grantree logs in, where they are quoted.
func connections(fp *sites.FleetPlan) *strings.Replacer {
	var pairs []string
	runner := func(name string) {
		if name != "" {
			pairs = append(pairs, fmt.Sprintf("%q", name), "grantree's own", "["+strings.ReplaceAll(name, "]", "]]")+"]", "grantree's own")
		}
	}
	for _, s := range fp.Policy.Servers {
		pairs = append(pairs, addressesOf(s)...)
		runner(s.User)
	}
	return strings.NewReplacer(pairs...)
}

// addressesOf are the ways in which a server's address is written, each with what
// stands for it.
func addressesOf(s policy.Server) []string {
	const hidden = "(the server's address)"
	var pairs []string
	if s.URL != "" {
		pairs = append(pairs, s.URL, hidden)
	}
	if u, err := url.Parse(s.URL); err == nil && u.Hostname() != "" {
		pairs = append(pairs, u.Host, hidden, u.Hostname(), hidden)
	}
	return pairs
}

// markdownNodes is what each role gets or loses at each node; sites with the same
// table share it.
func markdownNodes(list []drawn) *section {
	s := &section{head: "\n<details><summary>Roles and users by node, in numbers of views</summary>\n\n| Sites | Role or user | Node | | Select | Insert | Update | Delete |\n|---|---|---|---|--:|--:|--:|--:|\n",
		tail: "\n</details>\n", noun: "row by node", share: shareNodes}
	for _, t := range alikeBy(list, func(d drawn) string { return d.byNode }) {
		for _, r := range t.first.nodes {
			s.rows = append(s.rows, fmt.Sprintf("| %s | %s | %s | %s |\n", codes(t.names, 3), inCode(r.cells[0]), inPlace(r.cells[1]), strings.Join(r.cells[2:], " | ")))
		}
	}
	return s
}

// markdownMembers is who enters and leaves which role, and what gets another name;
// sites in which it is the same share it.
func markdownMembers(list []drawn) *section {
	s := &section{head: "\n<details><summary>Members of roles</summary>\n\n| Sites | Role | Members |\n|---|---|---|\n", tail: "\n</details>\n", noun: "row of members", share: shareMembers}
	alike := alikeBy(list, func(d drawn) string {
		var b strings.Builder
		for _, role := range sorted(d.members) {
			fmt.Fprintf(&b, "%q %q", role, d.members[role])
		}
		return b.String()
	})
	for _, t := range alike {
		for _, role := range sorted(t.first.members) {
			for names := range slices.Chunk(t.first.members[role], namesInRow) {
				s.rows = append(s.rows, fmt.Sprintf("| %s | %s | %s |\n", codes(t.names, 3), inCode(role), codes(names, namesInRow)))
			}
		}
	}
	return s
}

// markdownPrints is the fingerprint of the state that each site was read in.
func markdownPrints(fp *sites.FleetPlan) *section {
	s := &section{head: "\n<details><summary>Fingerprints of the sites as they were read</summary>\n\n| Site | Fingerprint |\n|---|---|\n", tail: "\n</details>\n", noun: "fingerprint", share: sharePrints}
	for _, p := range fp.Sites {
		s.rows = append(s.rows, fmt.Sprintf("| %s | %s |\n", inCode(p.Site.Name), inCode(p.Fingerprint())))
	}
	return s
}

// markdownStatements are the statements of each kind of site, as far as there is
// room.
func markdownStatements(fp *sites.FleetPlan, list []drawn, room int) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	const head, tail = "\n<details><summary>Statements</summary>\n", "\n</details>\n"
	groups := alikeBy(list, func(d drawn) string { return string(d.sql[:]) })
	left := &section{noun: "change"}
	total := 0
	for _, g := range groups {
		total += g.first.changes
	}
	room -= len(head) + len(tail) + len(left.leftOut(total))
	var b strings.Builder
	shown, whole := 0, true
	for _, g := range groups {
		in := codes(g.names, 4)
		if len(g.names) > 1 {
			in = fmt.Sprintf("%s alike: %s", count(len(g.names), "site"), in)
		}
		text, err := fp.Text(g.first.SitePlan)
		if err != nil {
			return "", err
		}
		mark := fence(string(text))
		open, shut := fmt.Sprintf("\nIn %s, %s:\n\n%ssql\n", in, count(g.first.Statements(), "statement"), mark), mark+"\n"
		if room -= len(open) + len(shut); room < 0 {
			break
		}
		b.WriteString(open)
		for _, statement := range strings.SplitAfter(string(text), statementEnd) {
			statement = strings.ReplaceAll(statement, statementEnd, "")
			if statement == "" {
				continue
			}
			if len(statement) > room {
				whole = false
				break
			}
			b.WriteString(statement)
			room -= len(statement)
			shown++
		}
		b.WriteString(shut)
		if !whole {
			break
		}
	}
	return head + b.String() + left.leftOut(total-shown) + tail, nil
}

// statementEnd parts the statements that a plan keeps for a comment.
const statementEnd = "\x00"

// statementsInMarkdown are all of a site's statements as a comment shows them, each
// ended by statementEnd.
func statementsInMarkdown(s sites.SitePlan) []byte {
	var b strings.Builder
	for _, c := range s.Plan.Changes {
		for line := range strings.SplitSeq(mssql.Render(onScreen(c)), "\n") {
			b.WriteString(finding.Printable(line) + "\n")
		}
		b.WriteString(statementEnd)
	}
	return []byte(b.String())
}
