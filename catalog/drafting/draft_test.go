package drafting

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"grantree/catalog"

	"pgregory.net/rapid"
)

// small is a catalog of three nodes, in which Orders and Parts have parents.
const small = `name = "small"
prefix = "v_"
[[node]]
path = "Orders"
views = [{ name = "v_order", level = "parent" }, { name = "v_order_state", level = "foreign_key" }]
[[node]]
path = "Parts"
views = [{ name = "v_part", level = "parent" }, { name = "v_order", level = "search" }]
[[node]]
path = "Stores"
views = [{ name = "v_part", level = "parent" }]
[[ignore]]
name = "v_tmp"
reason = "so"
`

func parse(t testing.TB, text string) *catalog.Catalog {
	t.Helper()
	c, found := catalog.Parse("small.toml", []byte(text))
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return c
}

// views are views of one table each, called as "view table".
func views(list ...string) (out []View) {
	for _, v := range list {
		words := strings.Fields(v)
		out = append(out, View{Name: catalog.ViewName(words[0]), Tables: words[1:], Sites: []string{"North"}})
	}
	return out
}

func TestOf(t *testing.T) {
	for name, tt := range map[string]struct {
		views []View
		keys  []Key
		want  []string
	}{
		"known, ignored and another's": {views("v_order a", "v_TMP", "other", "V_part"), nil, nil},
		"a longer name": {views("v_order_line", "v_part_bin", "v_part_bin_count"), nil, []string{
			"Orders v_order_line child: its name extends v_order",
			"Parts v_part_bin child: its name extends v_part", "Parts v_part_bin_count child: its name extends v_part_bin",
			"Stores v_part_bin child: its name extends v_part", "Stores v_part_bin_count child: its name extends v_part_bin"}},
		"a name that only begins alike": {views("v_orders"), nil, []string{"Drafted | Orders (2) v_orders parent new: nothing says where it belongs"}},
		"what a look-up is called by":   {views("v_order_state_text"), nil, []string{"Orders v_order_state_text child: its name extends v_order"}},
		"its table refers": {views("v_order dbo.o", "v_note dbo.n"), []Key{{"dbo.n", "dbo.o"}}, []string{
			"Orders v_note search: its table dbo.n refers to dbo.o, which v_order shows; a child, where its rows cannot be without"}},
		"its table is referred to": {views("v_order dbo.o", "v_part dbo.p", "v_kind dbo.k"), []Key{{"dbo.o", "dbo.k"}, {"dbo.p", "dbo.k"}}, []string{
			"Orders v_kind foreign_key: dbo.o, which v_order shows, refers to its table dbo.k",
			"Parts v_kind foreign_key: dbo.p, which v_part shows, refers to its table dbo.k",
			"Stores v_kind foreign_key: dbo.p, which v_part shows, refers to its table dbo.k"}},
		"the same table": {views("v_order dbo.o", "v_all dbo.o"), nil, []string{"Orders v_all search: it shows dbo.o, as v_order does"}},
		"a longer name over another view's table": {views("v_order dbo.o", "v_part dbo.p", "v_order_secret dbo.p"), nil, []string{
			"Parts v_order_secret search: it shows dbo.p, as v_part does",
			"Stores v_order_secret search: it shows dbo.p, as v_part does"}},
		"a longer name over two tables, one of another view": {views("v_order dbo.o", "v_part dbo.p", "v_order_line dbo.l dbo.p"), nil, []string{
			"Orders v_order_line search: its name extends v_order, and it reads dbo.p, which v_part shows; a child, where people who change the one may change the other"}},
		"a longer name over a table of its own": {views("v_order dbo.o", "v_order_pay dbo.payroll"), []Key{{"dbo.o", "dbo.payroll"}}, []string{
			"Orders v_order_pay search: its name extends v_order, but its table dbo.payroll does not refer to dbo.o by a foreign key; a child, where its rows cannot be without"}},
		"a longer name over a table that refers": {views("v_order dbo.o", "v_order_line dbo.l"), []Key{{"dbo.l", "dbo.o"}}, []string{
			"Orders v_order_line child: its name extends v_order"}},
		"a longer name over its base's table": {views("v_order dbo.o", "v_part dbo.p", "v_order_all dbo.o"), nil, []string{
			"Orders v_order_all child: its name extends v_order"}},
		"of several tables the one of its name": {views("v_order dbo.t_order dbo.x", "v_note dbo.note dbo.x"), []Key{{"dbo.note", "dbo.t_order"}}, []string{
			"Orders v_note search: its table dbo.note refers to dbo.t_order, which v_order shows; a child, where its rows cannot be without"}},
		"several tables and none of its name": {views("v_order dbo.a dbo.x", "v_note dbo.b dbo.x"), []Key{{"dbo.b", "dbo.a"}}, []string{
			"Drafted | Note v_note parent new: nothing says where it belongs"}},
		"a new one looks up": {views("v_order dbo.o", "v_crew dbo.c", "v_town dbo.t"), []Key{{"dbo.c", "dbo.t"}, {"dbo.t", "dbo.t"}}, []string{
			"Drafted | Crew v_crew parent new: nothing says where it belongs",
			"Drafted | Crew v_town foreign_key new: dbo.c, which v_crew shows, refers to its table dbo.t",
			"Drafted | Town v_town parent new: nothing says where it belongs"}},
		"a new one and its own": {views("v_permit", "v_permit_line", "v_crew"), nil, []string{
			"Drafted | Crew v_crew parent new: nothing says where it belongs",
			"Drafted | Permit v_permit parent new: nothing says where it belongs",
			"Drafted | Permit v_permit_line child new: its name extends v_permit"}},
	} {
		d := Of(Input{Catalog: parse(t, small), Views: tt.views, Keys: tt.keys})
		if got := lines(d); !slices.Equal(got, tt.want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
		}
	}
}

func TestOfAWholeApplication(t *testing.T) {
	d := Of(Input{Catalog: New("shop", "v_", "sales"), Views: views("v_order dbo.o", "v_order_line dbo.l", "v_customer dbo.c", "v_price_list", "v_price_rule", "x_other"), Keys: []Key{{"dbo.o", "dbo.c"}, {"dbo.l", "dbo.o"}}})
	want := []string{
		"Customer v_customer parent new: a node of its own, called as the view is",
		"Order v_order parent new: a node of its own, called as the view is",
		"Order v_order_line child new: its name extends v_order",
		"Order v_customer foreign_key new: dbo.o, which v_order shows, refers to its table dbo.c",
		"Price | Price List v_price_list parent new: a node of its own, called as the view is",
		"Price | Price Rule v_price_rule parent new: a node of its own, called as the view is",
	}
	if got := lines(d); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	c, found := catalog.Read("shop.toml", []byte(d.Text()))
	if err := found.Err(); err != nil || c.Name != "shop" || c.Schema != "sales" || len(c.Nodes) != 5 {
		t.Errorf("%v: %v", err, c)
	}
}

func lines(d *Draft) (out []string) {
	for _, g := range d.Guesses {
		text := fmt.Sprintf("%s %s %s", g.Node, g.View, g.Level)
		if g.New {
			text += " new"
		}
		out = append(out, text+": "+g.Why)
	}
	return out
}

func TestWhatNoFileNames(t *testing.T) {
	long := catalog.ViewName("v_" + strings.Repeat("x", 127))
	d := Of(Input{Catalog: parse(t, small), Views: []View{{Name: "v_a\nb"}, {Name: long}, {Name: "v_New"}, {Name: "v_new"}}})
	var left []string
	for _, l := range d.Left {
		left = append(left, string(l.View)+": "+l.Why)
	}
	want := []string{"v_a\nb: has space around it or a line break in it", "v_new: v_New stands in the draft, and a catalog takes the two for one", string(long) + ": is longer than 128 characters"}
	if !slices.Equal(left, want) || d.Views() != 1 {
		t.Errorf("%q, %d views", left, d.Views())
	}
	if text := d.Text(); strings.Contains(text, "\nb:") || !strings.Contains(text, `v_a\nb`) {
		t.Error(text)
	}
}

// TestDraftIsRead: a draft of whatever names is a catalog file without errors that
// has a place for each view, and at the nodes that were there before nothing else.
func TestDraftIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.Custom(func(t *rapid.T) View {
			word := rapid.SampledFrom([]string{"order", "part", "parts", "Orders", "line", "x|y", "a b", "#", "\"", "\u202e", "ß", "ss", "Drafted", "Stores", "_", "ＡＢ"})
			name := "v_" + strings.Join(rapid.SliceOfN(word, 0, 3).Draw(t, "words"), rapid.SampledFrom([]string{"_", "", " "}).Draw(t, "between"))
			return View{Name: catalog.ViewName(name), Tables: rapid.SliceOfN(rapid.SampledFrom([]string{"dbo.a", "dbo.b", "dbo.order"}), 0, 2).Draw(t, "tables"), Sites: []string{"North\n[[x]]"}}
		})
		key := rapid.Custom(func(t *rapid.T) Key {
			table := rapid.SampledFrom([]string{"dbo.a", "dbo.b", "dbo.order"})
			return Key{table.Draw(t, "from"), table.Draw(t, "to")}
		})
		in := Input{Views: rapid.SliceOfN(name, 1, 12).Draw(t, "views"), Keys: rapid.SliceOfN(key, 0, 4).Draw(t, "keys")}
		whole := rapid.Bool().Draw(t, "whole")
		var before *catalog.Catalog
		if in.Catalog = New("new", "v_", "dbo"); !whole {
			before, _ = catalog.Parse("small.toml", []byte(small))
			in.Catalog = before
		}
		d := Of(in)
		if whole && d.Views() == 0 {
			return
		}
		var c *catalog.Catalog
		text, found := d.Text(), []error{}
		if whole {
			got, l := catalog.Read("draft.toml", []byte(text))
			c, found = got, append(found, l.Err())
		} else {
			base, _ := catalog.Parse("small.toml", []byte(small))
			got, l := catalog.Extend(base, "draft.toml", []byte(text))
			c, found = got, append(found, l.Err())
		}
		if found[0] != nil {
			t.Fatalf("%v\n%s", found[0], text)
		}
		left := map[string]bool{}
		for _, l := range d.Left {
			left[string(l.View)] = true
		}
		for _, v := range in.Views {
			if !c.HasView(v.Name) && !left[string(v.Name)] && v.Name.Key() != "v_tmp" {
				t.Fatalf("%q has no place in\n%s", v.Name, text)
			}
		}
		if !whole {
			for _, ch := range catalog.Changes(before, c) {
				if ch.Before != "" {
					t.Fatalf("the draft changes %v: %q was %q", ch.Node, ch.What, ch.Before)
				}
			}
		}
	})
}
