package main

import (
	"strings"

	"grantree/catalog"
	"grantree/policy"
	"grantree/tomldoc"

	"github.com/spf13/cobra"
)

// userFields are the flags that say what a [[user]] says.
type userFields struct {
	fullName, email, reason, login, auth, until string
	newLogin                                    bool
	groups, sites                               []string
}

func (f *userFields) addFlags(c *cobra.Command, lists bool) {
	c.Flags().StringVar(&f.fullName, "full-name", "", "the person's name in full")
	c.Flags().StringVar(&f.email, "email", "", "their address")
	c.Flags().StringVar(&f.reason, "reason", "", "why they have what they have")
	c.Flags().StringVar(&f.login, "login", "", "the server login, where it is not the user's name")
	c.Flags().StringVar(&f.auth, "auth", "", "what kind of login it is: sql, windows or entra")
	c.Flags().StringVar(&f.until, "until", "", "the last day on which they are active, as 2027-06-30")
	c.Flags().BoolVar(&f.newLogin, "new-login", false, "make the login where it is missing")
	if lists {
		c.Flags().StringArrayVar(&f.groups, "group", nil, "a group that they are in (may be repeated)")
		c.Flags().StringArrayVar(&f.sites, "site", nil, "a site that they may enter, or * (may be repeated)")
	}
}

// user is a new person with these fields.
func (f *userFields) user(name string) (policy.User, error) {
	until, err := parseUntil(f.until)
	return policy.User{Name: name, FullName: f.fullName, Email: f.email, Reason: f.reason, Login: f.login, Auth: policy.Auth(f.auth), Until: until,
		NewLogin: f.newLogin, Groups: f.groups, Sites: f.sites}, err
}

// parseUntil reads --until; nothing is no end.
func parseUntil(text string) (tomldoc.Moment, error) {
	if text == "" {
		return tomldoc.Moment{}, nil
	}
	m, err := tomldoc.ParseMoment(text)
	if err != nil {
		return m, usageError("--until: %v", err)
	}
	return m, nil
}

func newUserAdd(a *app) *cobra.Command {
	var o editOptions
	var f userFields
	c := &cobra.Command{
		Use:   "add NAME",
		Short: "Add a person to the policy",
		Long: `Add a person to the policy's file, behind the last one. The diff is shown. The
file is written unless the policy would have an error then that it has not now.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			u, err := f.user(args[0])
			if err != nil {
				return err
			}
			return a.edit(c.Context(), o, func(e *policy.Editor) error { return e.AddUser(u) })
		},
	}
	o.addFlags(c)
	o.addPasswordFlags(c)
	f.addFlags(c, true)
	return c
}

func newUserCopy(a *app) *cobra.Command {
	var o editOptions
	var f userFields
	c := &cobra.Command{
		Use:   "copy NAME NEW-NAME",
		Short: "Add a person who has what another has",
		Long: `Add a person who has what another has: groups, sites, other groups in other
sites, overrides, and new_login where both logins have a password. Name, login
and all that is about the person are their own.`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			u, err := f.user(args[1])
			if err != nil {
				return err
			}
			return a.edit(c.Context(), o, func(e *policy.Editor) error { return e.CopyUser(args[0], u, given(c, "new-login", &f.newLogin)) })
		},
	}
	o.addFlags(c)
	o.addPasswordFlags(c)
	f.addFlags(c, false)
	return c
}

func newUserSet(a *app) *cobra.Command {
	var o editOptions
	var f userFields
	var was, at string
	var groups, sites policy.ListEdit
	var leave []string
	c := &cobra.Command{
		Use:   "set NAME",
		Short: "Change what the policy says of a person",
		Long: `Change what the policy says of a person. A text that is empty ("") takes the key
away. --group and --site say which groups and sites they have, in place of those
that they had; with --add-… and --remove-… the others stay. What is to go and is
not there is an error, which says where it is.

With --at SITE the groups are those in that site, in place of the person's own
([[user.at]]); --remove-at SITE takes that away again.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			until, err := parseUntil(f.until)
			if err != nil {
				return err
			}
			change := policy.UserChange{FullName: given(c, "full-name", &f.fullName), Email: given(c, "email", &f.email), Reason: given(c, "reason", &f.reason),
				Login: given(c, "login", &f.login), Auth: given(c, "auth", &f.auth), Was: given(c, "was", &was), Until: given(c, "until", &until),
				NewLogin: given(c, "new-login", &f.newLogin)}
			groups.Set, sites.Set = given(c, "group", &f.groups), given(c, "site", &f.sites)
			return a.edit(c.Context(), o, func(e *policy.Editor) error {
				if err := e.SetUser(args[0], change); err != nil {
					return err
				}
				for _, site := range leave {
					if err := e.LeaveAt(args[0], site); err != nil {
						return err
					}
				}
				if err := e.EditSites(args[0], sites); err != nil {
					return err
				}
				return e.EditGroups(args[0], at, groups)
			})
		},
	}
	o.addFlags(c)
	o.addPasswordFlags(c)
	f.addFlags(c, true)
	c.Flags().StringVar(&was, "was", "", `the name before; "" once the rename is done in every site`)
	c.Flags().StringArrayVar(&groups.Add, "add-group", nil, "put them into this group too")
	c.Flags().StringArrayVar(&groups.Remove, "remove-group", nil, "take them out of this group")
	c.Flags().StringArrayVar(&sites.Add, "add-site", nil, "let them into this site too")
	c.Flags().StringArrayVar(&sites.Remove, "remove-site", nil, "take them out of this site")
	c.Flags().StringVar(&at, "at", "", "the groups are those in this site")
	c.Flags().StringArrayVar(&leave, "remove-at", nil, "take away what they are in this site alone")
	return c
}

func newUserRemove(a *app) *cobra.Command {
	var o editOptions
	c := &cobra.Command{
		Use:   "remove NAME",
		Short: "Take a person out of the policy",
		Long: `Take a person out of the policy, with the waivers and tests that are about them.
Who shall keep their name and come back one day is better disabled.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.edit(c.Context(), o, func(e *policy.Editor) error { return e.RemoveUser(args[0]) })
		},
	}
	o.addFlags(c)
	return c
}

func newUserDisable(a *app) *cobra.Command {
	var o editOptions
	var reason string
	c := &cobra.Command{
		Use:   "disable NAME",
		Short: "Make a person inactive: the name stays, access and seat go",
		Long: `Make a person inactive: the name stays, access and seat go. --reason is written as
inactive_reason, beside the reason for what they have, and goes when they are
enabled.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			off := true
			return a.edit(c.Context(), o, func(e *policy.Editor) error {
				return e.SetUser(args[0], policy.UserChange{Inactive: &off, InactiveReason: given(c, "reason", &reason)})
			})
		},
	}
	o.addFlags(c)
	c.Flags().StringVar(&reason, "reason", "", "why they are inactive")
	return c
}

func newUserEnable(a *app) *cobra.Command {
	var o editOptions
	var until string
	c := &cobra.Command{
		Use:   "enable NAME",
		Short: "Make a person active again",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			end, err := parseUntil(until)
			if err != nil {
				return err
			}
			off := false
			change := policy.UserChange{Inactive: &off, Until: given(c, "until", &end)}
			return a.edit(c.Context(), o, func(e *policy.Editor) error {
				u := e.Policy().User(args[0])
				if u != nil && change.Until == nil && u.Until.Over(a.now()) {
					return usageError(`user %q was active until %s: say until when now, --until DATE, or --until "" for no end`, u.Name, u.Until)
				}
				return e.SetUser(args[0], change)
			})
		},
	}
	o.addFlags(c)
	o.addPasswordFlags(c)
	c.Flags().StringVar(&until, "until", "", `the last day on which they are active; "" for no end`)
	return c
}

func newUserRename(a *app) *cobra.Command {
	var o editOptions
	var keep bool
	c := &cobra.Command{
		Use:   "rename NAME NEW-NAME",
		Short: "Give a person another name and keep what they are",
		Long: `Give a person another name. The one before stays as was, so that the plan renames
the account in place. Waivers, tests and the licence's exempt follow. A login that
has the user's name is renamed with it.`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return a.edit(c.Context(), o, func(e *policy.Editor) error { return e.RenameUser(args[0], args[1], keep) })
		},
	}
	o.addFlags(c)
	o.addPasswordFlags(c)
	c.Flags().BoolVar(&keep, "keep-login", false, "leave the login its name")
	return c
}

// newUserLine is "user allow", or "user deny".
func newUserLine(a *app, deny bool) *cobra.Command {
	var o editOptions
	var site, reason, until string
	var except []string
	var remove bool
	c := &cobra.Command{
		Use:   "allow NAME VIEW|NODE PERMISSION...",
		Short: "Let one person do more than their groups",
		Long: `Let one person do more than their groups: an override, a line of their own. Said
again, it gives that line its end: without --until it has none any more. With
--remove, take their own lines about that view or node away, allow and deny.`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			if remove {
				return a.edit(c.Context(), o, func(e *policy.Editor) error {
					n, err := e.RemoveLines(args[0], args[1])
					if err == nil && n == 0 {
						err = usageError("user %q has no line of their own about %q", args[0], args[1])
					}
					return err
				})
			}
			line, err := readLine(c, args[2:], until)
			if err != nil {
				return err
			}
			line.Reason, line.Except = reason, except
			return a.edit(c.Context(), o, func(e *policy.Editor) error {
				beside, err := e.AddLine(args[0], site, deny, e.Policy().LineOn(args[1], line))
				if beside != "" {
					a.warnf("%s", beside)
				}
				return err
			})
		},
	}
	if deny {
		c.Use = "deny NAME VIEW|NODE PERMISSION..."
		c.Short = "Let one person do less than their groups"
		c.Long = `Let one person do less than their groups: an override, a DENY of their own, which
beats what every group gives. With --remove, take their own lines about that view
or node away, allow and deny.`
	}
	o.addFlags(c)
	c.Flags().StringVar(&site, "site", "", "only in this site, for which they have a [[user.at]]")
	c.Flags().StringVar(&reason, "reason", "", "why")
	c.Flags().StringVar(&until, "until", "", "the last day on which it holds, as 2027-06-30")
	c.Flags().StringArrayVar(&except, "except", nil, "a node or view below that it leaves alone (may be repeated)")
	c.Flags().BoolVar(&remove, "remove", false, "take such lines away")
	return c
}

// readLine reads the permissions of a line, and when it ends.
func readLine(c *cobra.Command, words []string, until string) (policy.Entry, error) {
	var line policy.Entry
	for _, word := range strings.FieldsFunc(strings.Join(words, ","), func(r rune) bool { return r == ',' || r == ' ' }) {
		one, err := catalog.ParsePermission(word)
		if err != nil {
			return line, usageError("%v", err)
		}
		line.Permissions = line.Permissions.Union(one)
	}
	if line.Permissions.IsEmpty() {
		return line, usageError("say which permissions: select, insert, update or delete; usage: %s", c.UseLine())
	}
	var err error
	line.Until, err = parseUntil(until)
	return line, err
}
