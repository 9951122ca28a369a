package grants

import (
	"slices"
	"testing"

	"grantree/catalog"
	"grantree/finding"

	"pgregory.net/rapid"
)

// TestEveryBypassIsNamed draws a site and a policy, and has everybody named who
// may do something to a view, by whatever way, that the policy does not give: as
// whom a mismatch is about, among those whom it reaches, or, where what is missing
// is a DENY of the policy's, by what CompareReplies makes of the model's answers.
func TestEveryBypassIsNamed(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		s, w := drawSite(t), drawWanted(t)
		w.Sort()
		j := Judge(s, w, Acceptance{}, nil)
		promise := w.Promise()
		compared := CompareReplies(NewAccessFor(s, w), w, "app", NewAccess(s).Replies(func(string) bool { return true }), nil, j.Accepted)
		inDbo := CompareReplies(NewAccessFor(s, w), w, "dbo", NewAccess(s).Replies(func(string) bool { return true }), nil, j.Accepted)
		for user, may := range excess(s, w, promise) {
			found++
			named := slices.ContainsFunc(j.Mismatches, func(f finding.Finding) bool {
				return f.About == user || slices.Contains(j.Reaches[f.Message], user)
			})
			if !named && len(compared.Beyond[user])+len(inDbo.Beyond[user]) == 0 {
				t.Fatalf("%s may %s, which the policy does not give, and no mismatch names them: %v", user, may, j.Mismatches)
			}
		}
	})
	if found == 0 && !t.Failed() {
		t.Error("nobody got round a policy: the test does not reach them")
	}
}

// excess says, of each account of a site, what they may do to some view that the
// policy does not give them.
func excess(s *Snapshot, w *Wanted, promise *Promise) map[string]string {
	out := map[string]string{}
	a := NewAccessFor(s, w)
	for _, user := range a.Users() {
		given := make([]catalog.Permissions, len(w.Views))
		if slices.ContainsFunc(w.Users, func(u WantedUser) bool { return u.Name == user }) {
			given = promise.Of(promise.Tokens(user))
		}
		for i, view := range w.Views {
			for _, one := range catalog.All.Each() {
				if d := a.Decide(user, view, one); d.Allowed == Yes && !given[i].Has(one) {
					out[user] = one.String() + " " + view
				}
			}
		}
	}
	return out
}
