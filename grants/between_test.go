package grants

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"grantree/catalog"
)

func TestBetween(t *testing.T) {
	old := newWanted("v", "w").role("Crew", "Night").user("ann", "bob", "eve", "ida").member("Crew", "ann", "bob", "ida").member("Night", "eve").
		entry(Granted, catalog.Select|catalog.Update, "v", "Crew").entry(Granted, catalog.Select, "w", "Night")
	now := newWanted("v", "x").role("Crew", "Night").user("ann", "carl", "eve", "ida2").member("Crew", "ann", "carl", "ida2").member("Night", "eve").
		entry(Granted, catalog.Select|catalog.Insert, "v", "Crew").entry(Denied, catalog.Insert, "v", "ida2")
	now.Users[3].Was = "ida"
	may := func(view string, p catalog.Permissions) map[string]catalog.Permissions {
		return map[string]catalog.Permissions{view: p}
	}
	people, views := Between(old.Wanted, now.Wanted)
	want := People{Total: 5, Gain: []string{"ann", "carl"}, Lose: []string{"ann", "bob", "eve", "ida2"}, LockedOut: []string{"bob", "eve"}, Effects: []Effect{
		{People: []string{"ann"}, Gain: may("v", catalog.Insert), Lose: may("v", catalog.Update)},
		{People: []string{"bob"}, Leaves: true, Empty: true, Gain: map[string]catalog.Permissions{}, Lose: may("v", catalog.Select|catalog.Update)},
		{People: []string{"carl"}, Enters: true, Gain: may("v", catalog.Select|catalog.Insert), Lose: map[string]catalog.Permissions{}},
		{People: []string{"eve"}, Empty: true, Gain: map[string]catalog.Permissions{}, Lose: may("w", catalog.Select)},
		{People: []string{"ida2"}, Gain: map[string]catalog.Permissions{}, Lose: may("v", catalog.Update)},
	}}
	if diff := cmp.Diff(want, people); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"v", "w", "x"}, views); diff != "" {
		t.Errorf("views (-want +got):\n%s", diff)
	}
	if people, _ := Between(old.Wanted, old.Wanted); len(people.Effects) > 0 {
		t.Errorf("a site as it was: %v", people.Effects)
	}
	if people, _ := Between(nil, old.Wanted); len(people.Gain) != 4 || len(people.Lose) > 0 {
		t.Errorf("a new site: %+v", people)
	}
	if people, _ := Between(old.Wanted, nil); len(people.Lose) != 4 || len(people.Gain) > 0 {
		t.Errorf("a site that is gone: %+v", people)
	}
}
