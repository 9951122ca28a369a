package grants

import (
	"cmp"
	"fmt"
	"slices"

	"grantree/catalog"
	"grantree/finding"
)

// Reply is what a server itself said one account may do.
type Reply struct {
	User string
	// May holds what the account may do, by "schema.view" as the snapshot names
	// views; views on which it may do nothing are absent.
	May map[string]catalog.Permissions
	// Refused is why the server would not answer for the account, or "".
	Refused string
	// Like is the account that was asked in this one's stead, since the server
	// cannot tell them apart, or "".
	Like string
}

// Compared is what came of holding a server's answers to the policy and to the
// model.
type Compared struct {
	Accounts int // that the server answered for
	Asked    int // those among them that it was asked about themselves
	Answers  int // asked × views × four permissions
	// Differences are errors: answers that are less than the policy gives, and
	// answers that the model of effective access did not expect.
	Differences finding.List
	// Beyond holds, by account, what the policy does not give: errors too, which
	// Judge tells by its cause where it knows one.
	Beyond map[string]finding.List
	// Silent are the accounts that the server would not answer for.
	Silent []Reply
}

// CompareReplies holds a server's answers about a site's accounts to what is
// wanted there and to the model of effective access, and gathers by cause what
// differs: one finding for each account and cause, however many views it
// touches. schema is where the wanted views are, whether their names say so or not.
// unasked names the views, by
// "schema.view", that the server could not be asked about. accepted is that of
// the site's Judgement.
//
// Codes: access-missing, access-beyond-policy, user-missing, model-differs.
func CompareReplies(a *Access, w *Wanted, schema string, answers []Reply, unasked []string, accepted Accepted) Compared {
	c := comparer{a: a, w: w, accepted: accepted, promise: w.Promise(), heard: map[string][]catalog.Permissions{}, found: map[difference]*extent{}, agreed: map[[2]string]bool{}}
	managed := map[string]bool{}
	for _, name := range w.Views {
		managed[c.key(name)] = true
	}
	for v, view := range a.m.views {
		named := managed[c.key(view.Name)] || managed[c.key(schema+"."+view.Name)]
		if a.s.Collation.Equal(a.m.schemaName(view.Schema), schema) && named && !slices.Contains(unasked, a.m.viewName(v)) {
			at, _ := c.promise.PlaceIn(schema, view.Name)
			c.views, c.names, c.places = append(c.views, v), append(c.names, a.m.viewName(v)), append(c.places, at)
		}
	}
	out := Compared{Beyond: map[string]finding.List{}}
	known := map[string]bool{}
	for _, answer := range answers {
		known[c.key(answer.User)] = true
		if answer.Refused != "" {
			out.Silent = append(out.Silent, answer)
			continue
		}
		out.Accounts++
		if answer.Like == "" {
			out.Asked++
			out.Answers += 4 * len(c.views)
		}
		c.account(answer)
	}
	c.findings(&out)
	for _, u := range w.Users {
		if !known[c.key(u.Name)] {
			out.Differences.Errorf(finding.UserMissing, u.Cause.Pos, `"grantree plan" makes the user, or says why it cannot`, "user %q does not exist", u.Name)
		}
	}
	out.Differences = forSite(a.s.Site, out.Differences).Sorted()
	for user, list := range out.Beyond {
		out.Beyond[user] = forSite(a.s.Site, list).Sorted()
	}
	return out
}

// comparer gathers the differences of one site.
type comparer struct {
	a        *Access
	w        *Wanted
	views    []int    // that the policy speaks of, by position
	names    []string // of each of them, "schema.view"
	places   []int    // of each of them, in the promise
	promise  *Promise
	heard    map[string][]catalog.Permissions // on each of them, by who was asked
	found    map[difference]*extent
	accepted Accepted
	// agreed are those of whom the answers, the model and the policy were found to
	// say the same: by who was asked, and by what they are alike in.
	agreed map[[2]string]bool
}

// difference is one cause by which an account's access differs.
type difference struct {
	code, user, cause string
}

// extent is how much one cause touches.
type extent struct {
	permissions catalog.Permissions
	views       []string
	cells       int
}

func (c *comparer) key(name string) string { return c.a.s.Collation.Key(name) }

func (c *comparer) note(d difference, p catalog.Permissions, view string) {
	e := c.found[d]
	if e == nil {
		e = &extent{}
		c.found[d] = e
	}
	e.permissions |= p
	e.views = append(e.views, view)
	e.cells += p.Len()
}

// account compares one account's answers, view by view.
func (c *comparer) account(answer Reply) {
	u, ok := c.a.m.principal(answer.User)
	if !ok {
		return
	}
	tokens := c.promise.Tokens(answer.User)
	kind, shared := c.a.alike(u, c.promise, tokens)
	agreed := [2]string{cmp.Or(answer.Like, answer.User), kind}
	if shared = shared && !c.a.server.denies && len(c.a.column) == 0; shared && c.agreed[agreed] {
		return // the same lists were compared
	}
	wanted, promised := tokens != nil, c.promise.Of(tokens)
	said, expected := c.said(answer), c.a.ofAll(u, c.views)
	if c.agreed[agreed] = shared && slices.Equal(said, expected) && c.asPromised(said, promised); c.agreed[agreed] {
		return
	}
	for i, v := range c.views {
		got, gives := said[i], promised[c.places[i]]
		if got != expected[i] {
			c.model(u, v, got)
		}
		if !wanted || got == gives && len(c.a.column[v]) == 0 {
			continue
		}
		name := c.names[i]
		accepted := c.accepted.On(c.a.m.principals[u].Name, name)
		for _, one := range got.Minus(gives).Minus(accepted).Each() {
			c.note(difference{finding.AccessBeyondPolicy, answer.User, c.giver(u, v, one)}, one, name)
		}
		for _, one := range gives.Minus(got).Each() {
			c.note(difference{finding.AccessMissing, answer.User, c.taker(u, v, one)}, one, name)
		}
		c.columns(answer.User, v, got, gives.Union(got.Intersect(accepted)))
	}
}

// asPromised reports whether answers are what a promise says.
func (c *comparer) asPromised(said, promised []catalog.Permissions) bool {
	for i, at := range c.places {
		if said[i] != promised[at] {
			return false
		}
	}
	return true
}

// said is an account's answers as a list, which those who are alike share.
func (c *comparer) said(answer Reply) []catalog.Permissions {
	asked := cmp.Or(answer.Like, answer.User)
	out, known := c.heard[asked]
	if !known {
		out = make([]catalog.Permissions, len(c.views))
		for i, name := range c.names {
			out[i] = answer.May[name]
		}
		c.heard[asked] = out
	}
	return out
}

// model compares an answer with the model: they must agree, or one of them
// misreads the engine's manual.
func (c *comparer) model(u, v int, got catalog.Permissions) {
	expect := c.a.of(u, v)
	if more := got.Minus(expect); !more.IsEmpty() {
		c.note(difference{finding.ModelDiffers, c.a.m.principals[u].Name, "may, which the model does not expect"}, more, c.a.m.viewName(v))
	}
	if less := expect.Minus(got); !less.IsEmpty() {
		c.note(difference{finding.ModelDiffers, c.a.m.principals[u].Name, "may not, which the model does not expect"}, less, c.a.m.viewName(v))
	}
}

// columns notes where permissions on single columns give or take what is not
// wanted. The server's answer is about the view as a whole, so here the rows
// of the snapshot speak (reference C.2).
func (c *comparer) columns(user string, v int, got, gives catalog.Permissions) {
	for _, column := range c.a.Columns(user, c.a.m.viewName(v)) {
		for _, one := range columnPermissions.Each() {
			has, whole, wanted := column.Permissions.Has(one), got.Has(one), gives.Has(one)
			cell := c.a.m.viewName(v) + "(" + column.Column + ")"
			switch {
			case has && !whole && !wanted:
				c.note(difference{finding.AccessBeyondPolicy, user, "has permissions on single columns, which the policy does not give"}, one, cell)
			case !has && whole && wanted:
				c.note(difference{finding.AccessMissing, user, "lacks single columns of what the policy gives"}, one, cell)
			}
		}
	}
}

// giver says, as the end of a sentence about the account, through what it has
// a permission on a view.
func (c *comparer) giver(u, v int, p catalog.Permissions) string {
	if c.a.m.principals[u].ID == DboID {
		return "is dbo"
	}
	t, ok := c.a.through(u, v, func(x cell) bool { return x&ownerBit != 0 || catalog.Permissions(x|x>>aboveShift).Has(p) })
	switch {
	case !ok:
		return "has more than the policy gives"
	case t == u:
		return "has more than the policy gives, of their own"
	case c.joins(u, t):
		return fmt.Sprintf("has more than the policy gives, through %q", c.a.m.principals[t].Name)
	}
	return fmt.Sprintf("is in %q, which the policy does not say", c.a.m.principals[t].Name)
}

// joins reports whether the policy puts an account into a role, or whether
// everybody is in it.
func (c *comparer) joins(u, role int) bool {
	return c.a.m.principals[role].ID == PublicID || slices.ContainsFunc(c.w.Members, func(m WantedMember) bool {
		return c.key(m.User) == c.key(c.a.m.principals[u].Name) && c.key(m.Role) == c.key(c.a.m.principals[role].Name)
	})
}

// taker says, as the end of a sentence about the account, through what it lacks
// a permission on a view.
func (c *comparer) taker(u, v int, p catalog.Permissions) string {
	t, ok := c.a.through(u, v, func(x cell) bool { return catalog.Permissions(x>>denyShift | x>>(denyShift+aboveShift)).Has(p) })
	switch {
	case !ok && c.a.serverDenied(u).Has(p):
		return "is denied what the policy gives, on the server"
	case !ok:
		return "lacks what the policy gives"
	}
	text := "is denied what the policy gives"
	if t != u {
		text += fmt.Sprintf(", through %q", c.a.m.principals[t].Name)
	}
	return text + c.above(t, v, p)
}

// above says on what a principal is denied a permission, where that is not the
// view itself.
func (c *comparer) above(who, v int, p catalog.Permissions) string {
	view := c.a.m.views[v]
	for _, at := range []struct {
		on   securable
		text string
	}{{securable{onObject, view.ID}, ""}, {securable{onSchema, view.Schema}, ", on the schema " + c.a.m.schemaName(view.Schema)}, {securable{onDatabase, 0}, ", on the database"}} {
		if slices.ContainsFunc(c.a.table.given(at.on, who), func(row PermissionRow) bool {
			return row.State == Denied && row.Minor == 0 && covers(row.Class, row.Name).Has(p)
		}) {
			return at.text
		}
	}
	return ""
}

// through returns the nearest of an account's tokens whose cell of a view
// matches.
func (a *Access) through(u, v int, match func(cell) bool) (int, bool) {
	for _, t := range a.tokensOf(u) {
		if match(a.m.cells.at(int(t), v)) {
			return int(t), true
		}
	}
	return 0, false
}

// findings words what was gathered.
func (c *comparer) findings(out *Compared) {
	for d, e := range c.found {
		what := fmt.Sprintf("%s on %s", e.permissions, some(e.views, 2))
		if e.cells > 1 {
			what = fmt.Sprintf("%d permissions on %s (%s)", e.cells, some(e.views, 2), e.permissions)
		}
		switch d.code {
		case finding.AccessBeyondPolicy:
			list := out.Beyond[d.user]
			list.Errorf(finding.AccessBeyondPolicy, c.line(d.user), "take that away, or put it into the policy", "%q %s: %s", d.user, d.cause, what)
			out.Beyond[d.user] = list
		case finding.AccessMissing:
			out.Differences.Errorf(finding.AccessMissing, c.line(d.user), `run "grantree plan"; what is not the policy's has to be removed by hand`, "%q %s: %s", d.user, d.cause, what)
		default:
			out.Differences.Errorf(finding.ModelDiffers, finding.Pos{}, "please report this: the model of effective access is wrong about it", "%q %s: %s", d.user, d.cause, what)
		}
	}
}

// line finds where the policy speaks of an account.
func (c *comparer) line(user string) finding.Pos {
	i := slices.IndexFunc(c.w.Users, func(u WantedUser) bool { return c.a.s.Collation.Equal(u.Name, user) })
	if i < 0 {
		return finding.Pos{}
	}
	return c.w.Users[i].Cause.Pos
}
