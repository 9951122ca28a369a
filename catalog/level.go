package catalog

// Level says how a view belongs to a node.
type Level string

// The levels of the iMaint documentation ("the four defined levels of data
// views"), and Special for its SPECIAL and FK blocks.
const (
	// Parent is a view that returns most of the data of the node.
	Parent Level = "parent"
	// Child is a view whose data cannot exist without a parent.
	Child Level = "child"
	// Search is a view that is searched for data related to the parent.
	Search Level = "search"
	// ForeignKey is a look-up that a child view needs.
	ForeignKey Level = "foreign_key"
	// Special is a view with a rule of its own in its catalog entry.
	Special Level = "special"
)

// EveryLevel lists the levels in the order of the documentation.
func EveryLevel() []Level { return []Level{Parent, Child, Search, ForeignKey, Special} }

// LevelRule says what the views of a level get when permissions are granted on
// their node. The [levels] table of a catalog file holds one rule a level.
type LevelRule struct {
	// Granted passes on the permissions that were granted.
	Granted bool
	// Always is given whatever was granted, so long as anything was.
	Always Permissions
	// Entry lets the view's own entry (View.Gives) replace Always.
	Entry bool
}

// defaultLevels is the table of a catalog file that has none: the rules of the
// iMaint documentation.
func defaultLevels() map[Level]LevelRule {
	return map[Level]LevelRule{
		Parent:     {Granted: true},
		Child:      {Granted: true},
		Search:     {Always: Select},
		ForeignKey: {Always: Select},
		Special:    {Always: Select, Entry: true},
	}
}

// reach returns what a view gets under r, before its cap.
func (r LevelRule) reach(v *View, asked Permissions) Permissions {
	if asked.IsEmpty() {
		return None
	}
	got := r.Always
	if r.Entry && v.Gives != nil {
		got = *v.Gives
	}
	if r.Granted {
		got = got.Union(asked)
	}
	return got
}
