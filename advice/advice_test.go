package advice_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"grantree/advice"
	"grantree/catalog"
	"grantree/policy"

	"github.com/google/go-cmp/cmp"
)

const fleet = `
[server.main]
url = "sqlserver://sql01.example"
[[site]]
name = "North"
server = "main"
database = "N"
[[site]]
name = "South"
server = "main"
database = "S"
[[group]]
name = "Base"
[[group.allow]]
view = "imvw_site"
permissions = ["select"]
[[group]]
name = "Pay"
[[group.allow]]
view = "imvw_pay_type"
permissions = ["select"]
[[group]]
name = "Night"
[[group.allow]]
view = "imvw_site"
permissions = ["select"]
[[group.deny]]
view = "imvw_pay_type"
permissions = ["select", "update"]
overrides = true
reason = "confidential"
[[group]]
name = "Late"
copies = "Pay"
[[user]]
name = "ann"
groups = ["Base"]
sites = ["*"]
[[user]]
name = "bob"
groups = ["Pay", "Night"]
sites = ["*"]
[[user]]
name = "eve"
groups = ["Pay"]
sites = ["*"]
[[user]]
name = "zoe"
groups = ["Base"]
sites = ["North"]
inactive = true
[[user]]
name = "-x"
groups = ["Base"]
sites = ["North"]
`

// TestSmallest says what is offered, of people and of groups; that nothing smaller
// would do, a property test of package policy shows.
func TestSmallest(t *testing.T) {
	both := []string{"North", "South"}
	for _, tt := range []struct {
		name string
		q    advice.Question
		want string // commands, and what goes with them, or why there are none
	}{
		{"a line of their own", advice.Question{User: "ann", Sites: both, View: "imvw_pay_type", Permission: catalog.Select, Allowed: true},
			"grantree user allow ann imvw_pay_type select; 0 lost []"},
		{"in one site", advice.Question{User: "Ann", Sites: both[:1], View: "imvw_pay_type", Permission: catalog.Select, Allowed: true},
			"grantree user set ann --at North --add-group Pay; 0 lost []"},
		{"in one site, what no group gives", advice.Question{User: "Ann", Sites: both[:1], View: "imvw_part", Permission: catalog.Select, Allowed: true},
			"grantree user set ann --at North --group Base; grantree user allow ann imvw_part select --site North; 0 lost []"},
		{"a DENY of their own", advice.Question{User: "eve", Sites: both, View: "imvw_pay_type", Permission: catalog.Select},
			"grantree user deny eve imvw_pay_type select; 0 lost []"},
		{"out of the group that denies it", advice.Question{User: "bob", Sites: both, View: "imvw_pay_type", Permission: catalog.Select, Allowed: true},
			"grantree user set bob --remove-group Night; 2 lost []"},
		{"a line of a group", advice.Question{Group: "base", View: "imvw_part", Permission: catalog.Select, Allowed: true},
			"grantree group allow Base imvw_part select; 0 lost [-x ann]"},
		{"what another group follows is not offered", advice.Question{Group: "Pay", View: "imvw_part", Permission: catalog.Select, Allowed: true},
			"none: group allow Pay would also give one more permission on a view"},
		{"a DENY that a group's members need not have", advice.Question{Group: "Night", View: "imvw_pay_type", Permission: catalog.Select, Allowed: true},
			"none: take the lines of group Night about imvw_pay_type away, and group allow Night would also give one more permission on a view"},
		{"who is inactive", advice.Question{User: "zoe", Sites: both[:1], View: "imvw_part", Permission: catalog.Select, Allowed: true}, "none"},
		{"a name that is a flag", advice.Question{User: "-x", Sites: both[:1], View: "imvw_part", Permission: catalog.Select, Allowed: true}, "none"},
		{"nobody", advice.Question{User: "ida", Sites: both[:1], View: "imvw_part", Permission: catalog.Select, Allowed: true}, "none"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := advice.Files{Main: policy.Source{File: "p.toml", Data: []byte(fleet)}}
			got, err := advice.Smallest(f, tt.q, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
			if err != nil {
				t.Fatal(err)
			}
			text := "none"
			if o := got.Offer; o != nil {
				text = fmt.Sprintf("%s; %d lost %v", strings.Join(o.Commands, "; "), o.Lost, o.Others)
			} else if len(got.Refused) > 0 {
				text += fmt.Sprintf(": %s %s", got.Refused[0].What, got.Refused[0].Why)
			}
			if diff := cmp.Diff(tt.want, text); diff != "" {
				t.Errorf("(-want +got):\n%s\n%+v", diff, got.Refused)
			}
		})
	}
}
