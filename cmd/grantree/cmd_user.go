package main

import (
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"

	"github.com/spf13/cobra"
)

func newUser(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "user",
		Short: "Look at the people of the policy, and edit them",
		Long: `Look at the people of the policy, and edit them. What edits changes the policy's
file in place and nothing else: comments and order stay, the diff is shown, and no
server is asked, but for --plan and --apply.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newUserList(a), newUserShow(a), newUserAdd(a), newUserCopy(a), newUserSet(a), newUserRename(a),
		newUserDisable(a), newUserEnable(a), newUserRemove(a), newUserLine(a, false), newUserLine(a, true), newUserImport(a), newUserExport(a),
		newUserStatus(a), newUserUnlock(a), newUserResetPassword(a), newUserHistory(a), newUserPasswords(a))
	return c
}

// jsonUser is a person as the policy has them.
type jsonUser struct {
	Name     string        `json:"name"`
	FullName string        `json:"full_name,omitempty"`
	Email    string        `json:"email,omitempty"`
	Login    string        `json:"login"`
	Auth     string        `json:"auth"`
	Status   string        `json:"status"`
	Until    string        `json:"until,omitempty"`
	Reason   string        `json:"reason,omitempty"`
	Off      string        `json:"inactive_reason,omitempty"`
	Was      string        `json:"was,omitempty"`
	Groups   []string      `json:"groups"`
	Sites    []string      `json:"sites"`
	At       []jsonUserAt  `json:"at,omitempty"`
	Own      []jsonOwnLine `json:"overrides,omitempty"`
	Where    string        `json:"where"`
}

// jsonUserAt is other groups in other sites.
type jsonUserAt struct {
	Sites  []string `json:"sites"`
	Groups []string `json:"groups"`
}

// jsonOwnLine is a line of a person's own.
type jsonOwnLine struct {
	Kind        string   `json:"kind"`
	On          string   `json:"on"`
	Permissions []string `json:"permissions"`
	Except      []string `json:"except,omitempty"`
	Sites       []string `json:"sites,omitempty"`
	Reason      string   `json:"reason,omitempty"`
	Until       string   `json:"until,omitempty"`
	Ended       bool     `json:"ended,omitempty"`
	Where       string   `json:"where"`
}

// The JSON contracts of "user list" and "user show".
type (
	jsonUsers struct {
		Users []jsonUser `json:"users"`
	}
	jsonUserShown struct {
		User  jsonUser       `json:"user"`
		Sites []jsonUserSite `json:"sites"`
	}
)

func userJSON(p *policy.Policy, u *policy.User) jsonUser {
	out := jsonUser{Name: u.Name, FullName: u.FullName, Email: u.Email, Login: u.Login, Auth: string(u.Auth), Status: u.Standing(), Until: u.Until.String(),
		Reason: u.Reason, Off: u.InactiveReason, Was: u.Was, Groups: append([]string{}, u.Groups...), Sites: []string{}, Own: ownLines(u), Where: u.Pos.String()}
	for _, s := range p.SitesOf(u) {
		out.Sites = append(out.Sites, s.Name)
	}
	for _, at := range u.At {
		out.At = append(out.At, jsonUserAt{at.Sites, at.Groups})
	}
	return out
}

// ownLines are a person's overrides.
func ownLines(u *policy.User) []jsonOwnLine {
	var out []jsonOwnLine
	holds := u.Overrides()
	for i, o := range append(holds, u.Ended...) {
		l := jsonOwnLine{Ended: i >= len(holds), Kind: "allow", On: o.Line.Target(), Permissions: o.Line.Permissions.Names(), Except: o.Line.Except, Sites: o.Sites,
			Reason: o.Line.Reason, Until: o.Line.Until.String(), Where: o.Line.Pos.String()}
		if o.Deny {
			l.Kind = "deny"
		}
		out = append(out, l)
	}
	return out
}

func newUserList(a *app) *cobra.Command {
	var o policyOptions
	c := &cobra.Command{
		Use:   "list",
		Short: "List the people of the policy",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return a.userList(o) },
	}
	o.addFlags(c, "text", "json")
	return c
}

func (a *app) userList(o policyOptions) error {
	p, err := a.policy(o, false)
	if err != nil {
		return err
	}
	users := []jsonUser{}
	for _, u := range p.Users {
		users = append(users, userJSON(p, u))
	}
	if o.format == "json" {
		return a.printJSON(jsonUsers{users})
	}
	rows := [][]string{{"NAME", "FULL NAME", "STATUS", "GROUPS", "SITES"}}
	for _, u := range users {
		groups := strings.Join(u.Groups, ", ")
		for _, at := range u.At {
			groups = strings.TrimPrefix(groups+"; ", "; ") + strings.Join(at.Sites, ", ") + ": " + strings.Join(at.Groups, ", ")
		}
		rows = append(rows, []string{u.Name, u.FullName, u.Status, groups, strings.Join(u.Sites, ", ")})
	}
	a.folded(rows)
	a.printf("\n%s\n", count(len(users), "person"))
	return nil
}

func newUserShow(a *app) *cobra.Command {
	var o policyOptions
	c := &cobra.Command{
		Use:   "show NAME",
		Short: "Show what the policy says of a person, and what that gives them",
		Long: `Show what the policy says of a person: their groups in each site, lines of their
own above or below the groups, and on how many views they may do what, by the
policy alone. "grantree explain" asks the servers.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.userShow(o, args[0]) },
	}
	o.addFlags(c, "text", "json")
	return c
}

// jsonUserSite is what a person is and may do in a site, by the policy alone.
type jsonUserSite struct {
	Site   string    `json:"site"`
	Groups []string  `json:"groups"`
	Views  jsonViews `json:"views"`
}

// jsonViews is on how many views something is allowed.
type jsonViews struct {
	Select int `json:"select"`
	Insert int `json:"insert"`
	Update int `json:"update"`
	Delete int `json:"delete"`
}

func (a *app) userShow(o policyOptions, name string) error {
	p, err := a.policy(o, false)
	if err != nil {
		return err
	}
	u, err := findUser(p, name)
	if err != nil {
		return err
	}
	checks, _ := p.OfflineChecks(offlineSites(p))
	sites := []jsonUserSite{}
	for _, c := range checks {
		if s, ok := userSite(c.Wanted, u); ok {
			sites = append(sites, s)
		}
	}
	person := userJSON(p, u)
	if o.format == "json" {
		return a.printJSON(jsonUserShown{person, sites})
	}
	a.printUser(person, sites)
	return nil
}

// userSite is what a person is in a site; ok is false where they may not enter.
func userSite(w *grants.Wanted, u *policy.User) (s jsonUserSite, ok bool) {
	promise := w.Promise()
	tokens := promise.Tokens(u.Name)
	if tokens == nil {
		return s, false
	}
	may := promise.Of(tokens)
	s = jsonUserSite{Site: w.Site, Groups: []string{}}
	for _, m := range w.Members {
		if w.Collation.Equal(m.User, u.Name) {
			s.Groups = append(s.Groups, m.Cause.Group)
		}
	}
	on := func(one catalog.Permissions) (n int) {
		for _, p := range may {
			if p.Has(one) {
				n++
			}
		}
		return n
	}
	s.Views = jsonViews{on(catalog.Select), on(catalog.Insert), on(catalog.Update), on(catalog.Delete)}
	return s, true
}

func (a *app) printUser(u jsonUser, sites []jsonUserSite) {
	a.printf("%s  %s, %s\n", a.bold(u.Name), u.Status, u.Where)
	for _, f := range [][2]string{{"full name", u.FullName}, {"email", u.Email}, {"login", u.Login + " (" + u.Auth + ")"}, {"until", u.Until}, {"was", u.Was},
		{"reason", u.Reason}, {"inactive", u.Off}, {"groups", strings.Join(u.Groups, ", ")}, {"sites", strings.Join(u.Sites, ", ")}} {
		if f[1] != "" {
			a.printf("  %s%s\n", pad(f[0], 11), f[1])
		}
	}
	a.printf("\n")
	if len(sites) == 0 {
		a.sentence("  ", fmt.Sprintf("By the policy may enter no site: %s. \"grantree user status\" asks whether one lets them in all the same.", u.Status))
	} else {
		rows := [][]string{{"SITE", "GROUPS", "SELECT", "INSERT", "UPDATE", "DELETE"}}
		for _, s := range sites {
			v := s.Views
			rows = append(rows, []string{s.Site, strings.Join(s.Groups, ", "), fmt.Sprint(v.Select), fmt.Sprint(v.Insert), fmt.Sprint(v.Update), fmt.Sprint(v.Delete)})
		}
		a.folded(rows, 3, 4, 5, 6)
		a.printf("\n  On so many views, by the policy alone.\n")
	}
	if len(u.Own) > 0 {
		a.printf("\n  Above (allow) and below (deny) the groups:\n")
		a.printOwn(u.Own)
	}
}

// printOwn prints a person's own lines.
func (a *app) printOwn(lines []jsonOwnLine) {
	for _, l := range lines {
		text := pad(l.Kind, 6) + strings.Join(l.Permissions, ", ") + " on " + l.On
		if len(l.Except) > 0 {
			text += ", except " + strings.Join(l.Except, ", ")
		}
		if len(l.Sites) > 0 {
			text += ", in " + strings.Join(l.Sites, ", ")
		}
		switch {
		case l.Ended:
			text += ", ended: held until " + l.Until
		case l.Until != "":
			text += ", until " + l.Until
		}
		a.printf("    %s\n", text)
		if l.Reason != "" {
			a.printf("      because %s\n", l.Reason)
		}
		a.printf("      %s\n", a.faint(l.Where))
	}
}

// findUser finds a person of the policy by name, whatever its case.
func findUser(p *policy.Policy, name string) (*policy.User, error) {
	if u := p.User(name); u != nil {
		return u, nil
	}
	var names []string
	for _, u := range p.Users {
		names = append(names, u.Name)
	}
	if near := finding.Nearest(name, names); near != "" {
		return nil, usageError("the policy has no user %q; did you mean %q?", name, near)
	}
	slices.Sort(names)
	return nil, usageError("the policy has no user %q; it has %s", name, list(names, 8))
}
