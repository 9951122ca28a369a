package main

import (
	"reflect"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/report"
	"grantree/review"
	"grantree/schema"
)

// jsonPlanned is the whole of a plan's JSON; printPlanJSON writes the sites apart.
type jsonPlanned struct {
	Sites []jsonSite `json:"sites"`
	jsonPlan
}

// output is what a command prints as JSON.
type output struct {
	of   reflect.Type
	list bool     // or a list of them
	or   []output // or one of these
	// long are the parts that are printed from texts which were made before.
	long map[string]reflect.Type
	null []string // the paths of lists that are null where nothing is known
}

// outputs are what commands print as JSON, by command.
func outputs() map[string]output {
	account := output{of: reflect.TypeFor[jsonAccountChanges]()}
	found := output{of: reflect.TypeFor[jsonFound]()}
	out := map[string]output{
		"plan":                {of: reflect.TypeFor[jsonPlanned](), long: map[string]reflect.Type{"sites.changes": reflect.TypeFor[[]jsonChange](), "sites.people.effects": reflect.TypeFor[[]jsonEffect]()}},
		"apply":               {of: reflect.TypeFor[jsonApplied]()},
		"break-glass":         {of: reflect.TypeFor[jsonOpened]()},
		"heal":                {of: reflect.TypeFor[jsonHealed]()},
		"verify":              {of: reflect.TypeFor[jsonVerified]()},
		"undo":                {of: reflect.TypeFor[jsonApplied]()},
		"log":                 {of: reflect.TypeFor[jsonLog]()},
		"log verify":          {of: reflect.TypeFor[jsonLedgers]()},
		"audit":               {of: reflect.TypeFor[jsonAudit]()},
		"doctor":              {of: reflect.TypeFor[jsonDoctor]()},
		"test":                {of: reflect.TypeFor[jsonTests]()},
		"lint":                {of: reflect.TypeFor[jsonLint]()},
		"explain":             {of: reflect.TypeFor[jsonDecision](), list: true},
		"who":                 {of: reflect.TypeFor[answers](), or: []output{{of: reflect.TypeFor[jsonWays]()}}}, // with --by group
		"diff":                {of: reflect.TypeFor[jsonPolicyDiff]()},
		"report":              {of: reflect.TypeFor[report.Report](), or: []output{{of: reflect.TypeFor[review.Pack]()}}}, // with --review
		"review apply":        {of: reflect.TypeFor[jsonReviewApplied]()},
		"review status":       {of: reflect.TypeFor[review.Status]()},
		"review sign":         {of: reflect.TypeFor[review.Status]()},
		"catalog draft":       {of: reflect.TypeFor[jsonDraft]()},
		"catalog diff":        {of: reflect.TypeFor[jsonCatalogDiff]()},
		"license":             {of: reflect.TypeFor[jsonLicense]()},
		"import":              {of: reflect.TypeFor[jsonImport]()},
		"group list":          {of: reflect.TypeFor[jsonGroups]()},
		"group show":          {of: reflect.TypeFor[jsonGroup]()},
		"group diff":          {of: reflect.TypeFor[jsonGroupDiff]()},
		"user list":           {of: reflect.TypeFor[jsonUsers]()},
		"user show":           {of: reflect.TypeFor[jsonUserShown]()},
		"user import":         {of: reflect.TypeFor[jsonReview]()},
		"user export":         {of: reflect.TypeFor[jsonPeopleList](), null: []string{"people.site_groups.groups"}},
		"user status":         {of: reflect.TypeFor[jsonAccounts]()},
		"user history":        {of: reflect.TypeFor[jsonHistories]()},
		"user weak-passwords": {of: reflect.TypeFor[jsonWeakPasswords]()},
		"user unlock":         account,
		"user reset-password": account,
		"site list":           {of: reflect.TypeFor[jsonSites]()},
		"site sessions":       {of: reflect.TypeFor[jsonSessions](), or: []output{account}}, // with --end
		"catalog tree":        {of: reflect.TypeFor[catalog.ExportDoc]()},
		"catalog export":      {of: reflect.TypeFor[catalog.ExportDoc]()},
		"catalog lint":        found,
		"catalog check":       found,
	}
	for _, c := range []string{"grant-until", "group allow", "group copy", "group deny", "group remove", "group rename", "user add", "user allow", "user copy", "user deny", "user disable", "user enable", "user remove", "user rename", "user set"} {
		out[c] = output{of: reflect.TypeFor[jsonEdit](), or: []output{out["plan"], out["apply"]}} // with --plan and --apply
	}
	return out
}

// schema describes what a command prints as JSON: its own output, or the findings in
// an input file.
func (o output) schema(title string) schema.Schema {
	all := o.kinds()
	if o.of != reflect.TypeFor[jsonFound]() {
		all = append(all, output{of: reflect.TypeFor[jsonFound]()}.kinds()...)
	}
	return schema.Schema{"$schema": schema.Draft, "title": title, "anyOf": all}
}

// kinds are the outputs that there may be.
func (o output) kinds() []schema.Schema {
	source := schema.Source{Tag: "json", Null: o.null}
	source.Key = func(path, key string) schema.Schema {
		if t, ok := o.long[strings.TrimPrefix(path+"."+key, ".")]; ok {
			return schema.Source{Tag: "json"}.Of(t, "")
		}
		return nil
	}
	one := source.Of(o.of, "")
	all := []schema.Schema{one}
	if o.list {
		all = append(all, schema.Schema{"type": "array", "items": one})
	}
	for _, other := range o.or {
		all = append(all, other.kinds()...)
	}
	return all
}

// outputNames are the commands of which there is a schema.
func outputNames() []string {
	var out []string
	for name := range outputs() {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
