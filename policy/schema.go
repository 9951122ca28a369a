package policy

import (
	"reflect"
	"slices"

	"grantree/catalog"
	"grantree/grants"
	"grantree/schema"
	"grantree/tomldoc"
)

// Schema describes policy files, in the words of the page of the language. Nodes,
// areas and views are those of this policy's catalog and no others; names that a
// policy itself makes, of groups, sites and servers, are offered, and others taken.
func (p *Policy) Schema(words schema.Words) schema.Schema {
	k := policyKeys{nodes: p.Catalog.Targets(), words: words}
	for _, v := range p.Catalog.Views() {
		k.views = append(k.views, string(v))
	}
	for _, v := range p.Catalog.WrittenViews() {
		k.views = append(k.views, string(v))
	}
	for _, g := range p.WithPresets().Groups {
		k.groups = append(k.groups, g.Name)
	}
	for _, s := range p.Sites {
		k.sites = append(k.sites, s.Name)
		k.views = append(k.views, s.Ignore...)
	}
	for _, s := range p.Servers {
		k.servers = append(k.servers, s.Name)
	}
	for _, u := range p.Users {
		k.users = append(k.users, u.Name)
	}
	s := schema.Source{Tag: "toml", Required: requiredKeys, Key: k.key, Texts: []reflect.Type{reflect.TypeFor[tomldoc.Moment]()}}
	out := s.Of(reflect.TypeFor[filePolicy](), "")
	out["$schema"], out["title"] = schema.Draft, "A policy of grantree"
	out["definitions"] = schema.Schema{"node": schema.Names(k.nodes), "view": schema.Names(k.views)}
	return out
}

// requiredKeys are the keys without which Parse refuses a table.
func requiredKeys(path string) []string {
	return map[string][]string{
		"server": {"url"}, "site": {"name", "server", "database"}, "group": {"name"}, "group.allow": {"permissions"}, "group.deny": {"permissions"},
		"user": {"name"}, "user.allow": {"permissions"}, "user.deny": {"permissions"}, "user.at": {"sites", "groups"}, "user.at.allow": {"permissions"}, "user.at.deny": {"permissions"},
		"outsider": {"name", "reason"}, "never": {"permissions", "on", "with", "with_on", "reason"}, "confidential": {"view", "groups"}, "review": {"reviewer"}, "module": {"name", "reason"}, "waiver": {"view", "reason"}, "test": {"user", "on"}, "catalog": {"file"}, "approval": {"needs"}, "ledger": {"table"}, "break_glass": {"groups"},
	}[path]
}

// policyKeys says what the keys of a policy hold.
type policyKeys struct {
	words                                       schema.Words
	nodes, views, groups, sites, servers, users []string
}

// headings are where the page explains the keys of a table.
var headings = map[string]string{
	"": "include", "server": "[server.NAME]", "site": "[[site]]", "license": "[license]", "policy": "[policy]", "passwords": "[passwords]", "approval": "[approval]", "ledger": "[ledger]", "break_glass": "[break_glass]", "group": "[[group]]",
	"group.allow": "Lines: `allow` and `deny", "user": "[[user]]", "user.at": "[[user.at]]", "outsider": "[[outsider]]", "module": "[[module]]", "waiver": "[[waiver]]",
	"never": "[[never]]", "confidential": "[[confidential]]", "review": "[[review]]",
	"test": "[[test]]", "catalog": "[catalog]",
}

// key is what the schema of a key has beyond its type.
func (k policyKeys) key(path, key string) schema.Schema {
	heading := headings[path]
	if isLine(path) {
		heading = headings["group.allow"]
	}
	out := schema.Schema{}
	if text := k.words[heading][key]; text != "" {
		out["description"] = text
	}
	add := func(s schema.Schema) {
		for name, value := range s {
			out[name] = value
		}
	}
	switch {
	case path == "server" && key == "password":
		out["not"] = schema.Schema{} // known only to be refused
	case isLine(path) && key == "on":
		add(schema.Either("node"))
	case isLine(path) && key == "except", path == "group" && key == "without":
		add(schema.Either("node", "view"))
	case path == "test" && key == "on", path == "never" && (key == "on" || key == "with_on"):
		add(schema.Either("node", "view"))
	case isLine(path) && key == "views":
		add(schema.Names([]string{"*"}))
	case key == "view":
		add(schema.Either("view"))
	case key == "permissions", key == "may", path == "test" && (key == "always" || key == "never"), path == "never" && key == "with":
		add(schema.Names(catalog.All.Words()))
	case key == "groups", key == "copies", key == "administrators", path == "waiver" && key == "group", path == "policy" && key == "without":
		add(schema.Suggest(k.groups))
	case key == "sites":
		add(schema.Suggest(append([]string{"*"}, k.sites...)))
	case key == "home":
		add(schema.Suggest(k.sites))
	case path == "site" && key == "server":
		add(schema.Suggest(k.servers))
	case path == "waiver" && key == "user", path == "test" && key == "user":
		add(schema.Suggest(k.users))
	case path == "approval" && key == "needs":
		add(schema.Suggest(needWords))
	case key == "leavers":
		add(schema.Names([]string{string(DisableLogins), string(DropLogins), string(KeepLogins)}))
	case key == "mode":
		var words []string
		for _, m := range grants.Modes {
			words = append(words, string(m))
		}
		add(schema.Names(words))
	case key == "auth":
		add(schema.Names([]string{"sql", "windows", "entra"}))
	case key == "extends":
		add(schema.Names([]string{"imaint"}))
	}
	return out
}

// isLine reports whether a table is a line of a group or user.
func isLine(path string) bool {
	return slices.Contains([]string{"group.allow", "group.deny", "user.allow", "user.deny", "user.at.allow", "user.at.deny"}, path)
}
