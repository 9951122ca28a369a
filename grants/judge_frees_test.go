package grants

import (
	"testing"

	"grantree/catalog"
)

// TestADenyIsLiftedByTheLeast: the row goes where nobody else gains by that, whoever
// else is in the role; a membership, which takes what else the role gives, only where
// somebody would. A plan says what a verification says once it is applied.
func TestADenyIsLiftedByTheLeast(t *testing.T) {
	const revoke, leave = "revoke SELECT OBJECT dbo.va Hands;", "drop_member ROLE .Hands ann;"
	hands := func() siteBuilder {
		return newSite("va", "vb").user("ann", "eve").role("Crew", "Hands").member("Crew", "ann").row(Granted, "SELECT", "va", "Crew").
			member("Hands", "ann", "eve").row(Denied, "SELECT", "va", "Hands").row(Granted, "INSERT", "vb", "Hands")
	}
	want := func() wantedBuilder {
		return newWanted("va", "vb").role("Crew").user("ann").member("Crew", "ann").entry(Granted, catalog.Select, "va", "Crew")
	}
	accepted := Acceptance{Outsiders: []Outsider{{Name: "Hands", May: catalog.Insert}}}
	leaver := want()
	leaver.Leavers = []Leaver{{Name: "eve"}}
	for _, tt := range []struct {
		name         string
		site         siteBuilder
		want         wantedBuilder
		now, planned string
	}{
		{"who else is in the role has it from nothing", hands(), want(), revoke, revoke},
		{"who else is in it is granted it", hands().row(Granted, "SELECT", "va", "eve"), want(), leave, leave},
		{"and leaves by the plan", hands().row(Granted, "SELECT", "va", "eve"), leaver, leave, revoke},
		{"who else is in it is granted something else", hands().row(Granted, "UPDATE", "va", "eve"), want(), revoke, revoke},
	} {
		plan := Diff(tt.site.Snapshot, tt.want.Wanted, DiffOptions{Statement: pen, Adopt: []string{"Crew"}})
		j := Judge(tt.site.Snapshot, tt.want.Wanted, accepted, pen)
		told := func(code string) (now, planned string) {
			for _, f := range j.Mismatches.Of("warning") {
				if f.Code == code {
					now = told(f)
				}
			}
			for _, f := range j.Foreseen(tt.site.Snapshot, tt.want.Wanted, accepted, plan, pen) {
				if f.Code == code {
					planned = told(f)
				}
			}
			return now, planned
		}
		if now, planned := told("unmanaged-deny"); now != tt.now || planned != tt.planned {
			t.Errorf("%s: now %q and by the plan %q, want %q and %q", tt.name, now, planned, tt.now, tt.planned)
		}
	}
}
