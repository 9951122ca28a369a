package adoption

import (
	"fmt"
	"strings"
	"time"

	"grantree/finding"
)

// page is the policy's text in the making, and what stands in which line.
type page struct {
	b     strings.Builder
	lines int
	// about is what the tables say, by their first line.
	about map[int]subject
}

// subject is who a table of the text is about.
type subject struct {
	group    *group
	user     *user
	outsider *outsider
}

func (t *page) put(s string) {
	t.b.WriteString(s)
	t.lines += strings.Count(s, "\n")
}

func (t *page) bytes() []byte { return []byte(t.b.String()) }

// begin opens a table; what is found in it is about s.
func (t *page) begin(header string, s subject) {
	t.put("\n")
	t.about[t.lines+1] = s
	t.put(header + "\n")
}

// comment writes names into a comment as they may be shown.
func comment(format string, args ...any) string {
	return "# " + finding.Printable(fmt.Sprintf(format, args...)) + "\n"
}

// reason is what every acceptance says.
func (im *importer) reason() string { return "found by import " + im.Date.Format(time.DateOnly) }

// write writes a draft down.
func (im *importer) write(d *draft) *page {
	t := &page{about: map[int]subject{}}
	t.put(comment("What %s held on %s, written by grantree import. Guesses say so.", im.sitesWords(), im.Date.Format(time.DateOnly)))
	t.put(list("include", []string{im.Include}))
	if im.base.License.Pos.IsZero() && d.seats > 0 {
		t.put("\n[license]\n" + fmt.Sprintf("seats = %d # guessed: so many people enter today\n", d.seats))
	}
	im.writeSettings(t, d)
	for _, g := range d.groups {
		if !g.asVendor {
			im.writeGroup(t, g)
		}
	}
	for _, u := range d.users {
		im.writeUser(t, u)
	}
	for _, o := range d.outsiders {
		im.writeOutsider(t, o)
	}
	for _, w := range d.waivers {
		t.put("\n[[waiver]]\n" + text("view", string(w.View)))
		if w.Group != "" {
			t.put(text("group", w.Group))
		}
		if w.User != "" {
			t.put(text("user", w.User))
		}
		t.put(text("reason", im.reason()))
	}
	return t
}

func (im *importer) sitesWords() string {
	if len(im.sites) == 1 {
		return "the site " + im.sites[0].Name
	}
	return fmt.Sprintf("%d sites", len(im.sites))
}

func (im *importer) writeSettings(t *page, d *draft) {
	var as []string
	for _, g := range d.groups {
		if g.asVendor {
			as = append(as, fmt.Sprintf("%s (%s)", g.name, g.people()))
		}
	}
	if !d.extends && len(d.adopt) == 0 && d.admins == "" {
		return
	}
	t.put("\n[policy]\n")
	if d.extends {
		for _, row := range wrapped("The vendor's groups as they are: "+strings.Join(as, ", "), width-2) {
			if len(as) > 0 {
				t.put(comment("%s", row))
			}
		}
		t.put(text("extends", "imaint"))
	}
	if len(d.without) > 0 {
		t.put(list("without", d.without))
	}
	if len(d.adopt) > 0 {
		t.put(list("adopt", d.adopt))
	}
	if d.admins != "" {
		t.put(strings.TrimSuffix(text("administrators", d.admins), "\n") + " # guessed: it may do most\n")
	}
}

// wrapped breaks a text into rows.
func wrapped(s string, width int) []string {
	var out []string
	row := ""
	for i, word := range strings.Split(s, " ") { // a name may have several spaces, or begin with one
		switch {
		case i > 0 && row != "" && len(row)+1+len(word) > width:
			out, row = append(out, row), word
		case i > 0:
			row += " " + word
		default:
			row = word
		}
	}
	return append(out, row)
}

// people says how many people are in a group.
func (g *group) people() string {
	names := map[string]bool{}
	for _, h := range g.in {
		for _, id := range h.members {
			names[fold(h.site.by[id].Name)] = true
		}
	}
	return counted(len(names), "person", "people")
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (im *importer) writeGroup(t *page, g *group) {
	t.put("\n")
	permissions, views := g.granted.count()
	what := counted(permissions, "permission", "permissions") + " on " + counted(views, "view", "views")
	if n, on := g.denied.count(); n > 0 {
		what += fmt.Sprintf(", %d denied on %s", n, counted(on, "view", "views"))
	}
	if len(g.in) == 0 {
		t.put(comment("Of people who were in no role: a plan makes it, and it gives nothing"))
	} else {
		t.put(comment("%s, %s", g.people(), what))
	}
	t.about[t.lines+1] = subject{group: g}
	t.put("[[group]]\n" + text("name", g.name))
	role := g.name
	if g.vendor != nil && fold(g.vendor.Name) == fold(g.name) {
		role = g.vendor.Role
	}
	if !im.extending {
		role = g.name
	}
	if role != g.roleName() {
		t.put(text("role", g.roleName()))
	}
	if len(g.sites) < len(im.base.SitesInUse()) {
		t.put(list("sites", names(g.sites)))
	}
	if g.baseline != nil {
		t.put(fmt.Sprintf("baseline = %v\n", *g.baseline))
	}
	if g.copies != "" {
		t.put(text("copies", g.copies))
	}
	if len(g.without) > 0 {
		t.put(list("without", g.without))
	}
	im.writeLines(t, "group", g.allow, g.deny, subject{group: g})
}

func names(sites []*site) []string {
	var out []string
	for _, x := range sites {
		out = append(out, x.Name)
	}
	return out
}

// writeLines writes allow and deny lines below a table.
func (im *importer) writeLines(t *page, of string, allow, deny []line, s subject) {
	for _, l := range allow {
		t.begin("[["+of+".allow]]", s)
		t.put(l.target() + list("permissions", l.permissions.Words()) + l.excepted())
	}
	for _, l := range deny {
		t.begin("[["+of+".deny]]", s)
		t.put(l.target() + list("permissions", l.permissions.Words()) + l.excepted())
		if s.group != nil && s.group.overrides {
			t.put("overrides = true\n")
		}
		t.put(text("reason", im.reason()))
	}
}

func (l line) target() string {
	switch {
	case l.all:
		return text("views", "*")
	case l.view != "":
		return text("view", l.view)
	}
	return text("on", l.on)
}

func (l line) excepted() string {
	if len(l.except) == 0 {
		return ""
	}
	return list("except", l.except)
}
