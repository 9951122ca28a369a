package grants

import (
	"strings"
	"testing"

	"grantree/finding"
)

// TestWhatIsHeldKeepsARole: a role that is no longer wanted is not dropped as long as
// anything of any class belongs to it, or runs as it (errors 15136, 15138, 15183, 15184;
// reference D.3, D.4): what it is is said, with the statement that frees it.
func TestWhatIsHeldKeepsARole(t *testing.T) {
	for _, tt := range []struct {
		holding  Holding
		says     string
		remedies int
	}{
		{Holding{Class: "TYPE", Schema: "dbo", Name: "money4"}, `owns the data type "dbo.money4"`, 1},
		{Holding{Class: "XML SCHEMA COLLECTION", Schema: "dbo", Name: "x"}, `owns the XML schema collection "dbo.x"`, 1},
		{Holding{Class: "OBJECT", Schema: "dbo", Name: "numbers"}, `owns the object "dbo.numbers"`, 1},
		{Holding{Class: "ASSEMBLY", Name: "a"}, `owns the assembly "a"`, 1},
		{Holding{Class: "CERTIFICATE", Name: "c"}, `owns the certificate "c"`, 1},
		{Holding{Class: "SYMMETRIC KEY", Name: "k"}, `owns the symmetric key "k"`, 1},
		{Holding{Class: "ASYMMETRIC KEY", Name: "k"}, `owns the asymmetric key "k"`, 1},
		{Holding{Class: "MESSAGE TYPE", Name: "m"}, `owns the message type "m"`, 1},
		{Holding{Class: "CONTRACT", Name: "c"}, `owns the contract "c"`, 1},
		{Holding{Class: "SERVICE", Name: "s"}, `owns the service "s"`, 1},
		{Holding{Class: "REMOTE SERVICE BINDING", Name: "b"}, `owns the remote service binding "b"`, 1},
		{Holding{Class: "REMOTE SERVICE BINDING", Name: "b", Runs: true}, `is whom the remote service binding "b" runs as`, 0},
		{Holding{Class: "ROUTE", Name: "r"}, `owns the route "r"`, 1},
		{Holding{Class: "FULLTEXT CATALOG", Name: "f"}, `owns the fulltext catalog "f"`, 1},
		{Holding{Class: "FULLTEXT STOPLIST", Name: "f"}, `owns the fulltext stoplist "f"`, 1},
		{Holding{Class: "SEARCH PROPERTY LIST", Name: "p"}, `owns the search property list "p"`, 1},
		{Holding{Class: "EVENT NOTIFICATION", Name: "e"}, `owns the event notification "e"`, 0},
		{Holding{Class: "DATABASE SCOPED CREDENTIAL", Name: "c"}, `owns the database scoped credential "c"`, 0},
		{Holding{Class: "QUEUE", Schema: "dbo", Name: "q", Runs: true}, `is whom the queue "dbo.q" runs as`, 0},
		{Holding{Class: "DATABASE TRIGGER", Name: "t", Runs: true}, `is whom the trigger of the database "t" runs as`, 0},
	} {
		site := newSite("v").role("+Old")
		tt.holding.Principal = site.id("Old")
		site.Holdings = []Holding{tt.holding}
		var asked []Remedy
		write := func(r Remedy) string {
			if r.Kind != RemedyUse {
				asked = append(asked, r)
			}
			return "x"
		}
		plan := Diff(site.Snapshot, newWanted("v").Wanted, DiffOptions{Statement: write})
		if !plan.Findings.HasErrors() || plan.Findings[0].Code != finding.CannotDrop || !strings.Contains(plan.Findings[0].Message, tt.says) || !plan.Empty() {
			t.Errorf("%+v: %v, %s", tt.holding, plan.Findings, show(plan.Changes))
		}
		if len(asked) != tt.remedies {
			t.Errorf("%+v: %d statements", tt.holding, len(asked))
		}
		for _, r := range asked {
			if r.Kind != RemedyOwner || r.To != "dbo" || r.On != (Securable{Class: tt.holding.Class, Schema: tt.holding.Schema, Name: tt.holding.Name}) {
				t.Errorf("%+v: %+v", tt.holding, r)
			}
		}
		if _, err := site.With([]Change{{Kind: DropRole, Principals: []string{"Old"}}}); err == nil {
			t.Errorf("%+v: the model drops it", tt.holding)
		}
		other := *site.Snapshot
		other.Holdings = nil
		if other.Fingerprint() == site.Fingerprint() {
			t.Errorf("%+v is in no fingerprint", tt.holding)
		}
	}
}
