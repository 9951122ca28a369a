package sites

import (
	"context"

	"grantree/grants"
	"grantree/sql/mssql"
)

// probeAlike is mssql.Probe by way of whom the server takes users for: it asks
// about one of those that are the same to it, whose answers are the others'.
func probeAlike(ctx context.Context, q mssql.Querier, s *grants.Snapshot, users []string, managed func(view string) bool) ([]grants.Reply, []string, error) {
	known, err := mssql.Identify(ctx, q, users)
	if err != nil {
		return nil, nil, err
	}
	like := grants.Alike(s, known)
	out := make([]grants.Reply, len(users))
	unasked, err := probeSome(ctx, q, s, users, managed, out, func(i int) bool { return like[i] == i && known[i].Refused == "" })
	if err != nil {
		return nil, nil, err
	}
	spread(out, users, known, like)
	// Whoever became somebody else since is nobody's like.
	if _, err := probeSome(ctx, q, s, users, managed, out, func(i int) bool { return like[i] != i && out[like[i]].Refused != "" }); err != nil {
		return nil, nil, err
	}
	return out, unasked, nil
}

// probeSome asks about those users whose positions are wanted, and puts the
// answers at these.
func probeSome(ctx context.Context, q mssql.Querier, s *grants.Snapshot, users []string, managed func(view string) bool, out []grants.Reply, want func(i int) bool) ([]string, error) {
	var names []string
	var at []int
	for i, u := range users {
		if want(i) {
			names, at = append(names, u), append(at, i)
		}
	}
	answers, unasked, err := mssql.Probe(ctx, q, s, names, managed)
	if err != nil {
		return nil, err
	}
	for i, a := range answers {
		out[at[i]] = a
	}
	return unasked, nil
}

// spread fills in the replies for those who were not asked: what the server
// said of one who is the same to it, or why it would not be them.
func spread(out []grants.Reply, users []string, known []grants.Identity, like []int) {
	for i, u := range users {
		switch {
		case known[i].Refused != "":
			out[i] = grants.Reply{User: u, Refused: known[i].Refused}
		case like[i] != i:
			out[i] = grants.Reply{User: u, May: out[like[i]].May, Like: users[like[i]]}
		}
	}
}
