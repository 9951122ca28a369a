package grants

import (
	"cmp"
	"strings"
	"testing"

	"grantree/catalog"
)

func TestLockout(t *testing.T) {
	site := func() siteBuilder {
		return newSite("v").role("+Admin", "+Mechanic").user("+ann", "+bob", "+cat", "+dan").member("Admin", "ann").
			member("Mechanic", "bob", "cat", "dan").row(Granted, "SELECT", "v", "Mechanic").row(Granted, "SELECT", "v", "Admin")
	}
	runs := func(b siteBuilder, user string) siteBuilder {
		b.Runner = Runner{Login: user, User: user, UserID: b.id(user)}
		return b
	}
	want := func(admins, mechanics string) *Wanted {
		w := newWanted("v").role("Admin", "Mechanic").user("ann", "bob", "cat", "dan").
			member("Admin", strings.Fields(admins)...).member("Mechanic", strings.Fields(mechanics)...)
		return w.entry(Granted, catalog.Select, "v", "Admin", "Mechanic").Wanted
	}
	powerful := runs(site().member("db_owner", "Mechanic"), "bob")
	for _, tt := range []struct {
		name    string
		site    siteBuilder
		want    *Wanted
		guard   Guard
		expect  int
		codes   string
		message string
	}{
		{"nothing to do", site(), want("ann", "bob cat dan"), Guard{}, 0, "", ""},
		{"half may lose", site(), want("ann", "bob"), Guard{}, 0, "", ""},
		{"more may not", site(), want("ann", ""), Guard{}, 0, "loss-too-large", "from 3 of 4 users, and max_loss allows 50%"},
		{"unless the number is named", site(), want("ann", ""), Guard{}, 3, "", ""},
		{"exactly", site(), want("ann", ""), Guard{}, 4, "loss-too-large", "from 3 of 4"},
		{"the policy's share", site(), want("ann", "bob"), Guard{MaxLoss: 0.25}, 0, "loss-too-large", "from 2 of 4 users, and max_loss allows 25%"},
		{"the last administrator", site(), want("", "ann bob cat dan"), Guard{}, 0, "last-administrator", `no administrator would be left who can enter: ann may not do any more what "Admin" gives`},
		{"another administrator", site(), want("bob", "ann bob cat dan"), Guard{}, 0, "", ""},
		{"administrators of another name", site(), want("", "ann bob cat dan"), Guard{Administrators: "Chiefs"}, 0, "", ""},
		{"a group with a role of another name", site(), want("bob", ""), Guard{Administrators: "Mechanic"}, 2,
			"last-administrator loss-too-large", `"Mechanic"`},
		{"the runner loses access", runs(site(), "cat"), want("ann", "bob dan"), Guard{}, 0, "runner-narrowed", `"cat"`},
		{"the runner loses a power", powerful, want("ann bob", "cat dan"), Guard{}, 0, "runner-narrowed", `"bob"`},
		{"somebody else runs", runs(site(), "ann"), want("ann", "bob dan"), Guard{}, 0, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plan := Diff(tt.site.Snapshot, tt.want, DiffOptions{})
			guard := Guard{MaxLoss: cmp.Or(tt.guard.MaxLoss, 0.5), Administrators: cmp.Or(tt.guard.Administrators, "Admin"), ExpectLoss: tt.expect, Losers: len(plan.People.Lose)}
			got := Lockout(tt.site.Snapshot, tt.want, plan, guard).Sorted()
			if codes(got) != tt.codes {
				t.Fatalf("findings = %v, want %q; people %+v", got, tt.codes, plan.People)
			}
			if tt.codes != "" && !strings.Contains(got[0].Message, tt.message) {
				t.Errorf("message = %q, want %q in it", got[0].Message, tt.message)
			}
		})
	}
}
