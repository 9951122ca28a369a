package report

// Format names the form of a report's JSON, and its version.
const Format = "grantree-report/1"

// Basis is what a report rests on.
type Basis string

// What a report can rest on: what the sites themselves hold, an embedded server on
// which the policy was carried out first, or the policy alone.
const (
	Servers Basis = "servers"
	Sandbox Basis = "sandbox"
	Policy  Basis = "policy"
)

// Report is who may do what in some sites. What is a number into a list counts from
// 0: of Views, of Cells (0 is nothing at all), of Access, of People.
type Report struct {
	Format      string    `json:"format"`
	Made        string    `json:"made"`
	Application string    `json:"application"`
	Policy      string    `json:"policy"`
	Basis       Basis     `json:"basis"`
	Sites       []Site    `json:"sites"`
	Tree        []Node    `json:"tree"`
	Views       []string  `json:"views"`
	Cells       []Cells   `json:"cells"`
	Access      []Access  `json:"access"`
	People      []Person  `json:"people"`
	Findings    []Finding `json:"findings"`
	Seats       *Seats    `json:"seats,omitempty"`
	Since       *Since    `json:"since,omitempty"`
}

// Cells are permissions on each of the views: a digit in base 16 a view, in which 1 is
// SELECT, 2 INSERT, 4 UPDATE and 8 DELETE.
type Cells string

// Site is one site, by whom and what it has.
type Site struct {
	Site        string `json:"site"`
	Read        bool   `json:"read"`
	Why         string `json:"why,omitempty"` // it was not read
	Fingerprint string `json:"fingerprint,omitempty"`
	// Holds is which of the views the site has: 15 of those, 0 of the others.
	Holds      int       `json:"holds"`
	Roles      []Role    `json:"roles"`
	Members    []Members `json:"members"`
	Lines      []Line    `json:"lines,omitempty"`
	Unverified []Doubt   `json:"unverified,omitempty"`
}

// Role is what a role brings to whoever is in it: that of a group of the policy, or one
// that the policy does not name.
type Role struct {
	Role   string `json:"role"`
	Of     string `json:"of_group,omitempty"`
	May    int    `json:"may"`
	Denied int    `json:"denied,omitempty"`
}

// Members are the people of a site who have one and the same access.
type Members struct {
	Access int   `json:"access"`
	People []int `json:"people"`
}

// Line is what the policy gives a person here by lines of their own.
type Line struct {
	Person int `json:"person"`
	Cells  int `json:"cells"`
}

// Doubt is something that could not be read, and the permissions that it may matter
// to.
type Doubt struct {
	Message string `json:"message"`
	Cells   int    `json:"cells"`
}

// Access is what somebody may do, and by what.
type Access struct {
	Roles []string `json:"roles"`
	May   int      `json:"may"`
	// Not on the view itself: on some of its columns, or on its data beside it.
	Columns     int `json:"columns,omitempty"`
	Around      int `json:"around,omitempty"`
	NotVerified int `json:"not_verified,omitempty"`
	// Could is what they may not do, and can give to themselves.
	Could int   `json:"could,omitempty"`
	Ways  []Way `json:"ways,omitempty"`
}

// Way is one thing by which somebody may do something, or what keeps them from it.
type Way struct {
	Kind  string   `json:"kind"`
	Via   []string `json:"via,omitempty"`
	Text  string   `json:"text"`
	Cells int      `json:"cells"`
}

// Node is one entry of the navigation tree.
type Node struct {
	Path  []string `json:"path"`
	Views []Placed `json:"views,omitempty"`
}

// Placed is a view at a node.
type Placed struct {
	View  int    `json:"view"`
	Level string `json:"level"`
}

// Standing is who somebody is to the policy.
type Standing string

// Who somebody can be: a person of the policy, an outsider whose access it accepts, the
// account that the report was made with, one that the server made for itself, or a
// stranger, of whom the policy says nothing.
const (
	OfPolicy Standing = "policy"
	Outsider Standing = "outsider"
	Runner   Standing = "runner"
	OfServer Standing = "server"
	Stranger Standing = "stranger"
)

// Person is somebody who is in a site of the report.
type Person struct {
	Name     string   `json:"name"`
	Login    string   `json:"login,omitempty"`
	FullName string   `json:"full_name,omitempty"`
	Standing Standing `json:"standing"`
	// StandingAt is who they are in those sites where it is another than Standing.
	StandingAt map[string]Standing `json:"standing_at,omitempty"`
	Inactive   bool                `json:"inactive,omitempty"`
	// Group is one of Windows or Entra: who and how many are in it is not known.
	Group  bool   `json:"group,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// In is who somebody is in a site.
func (p Person) In(site string) Standing {
	if s, other := p.StandingAt[site]; other {
		return s
	}
	return p.Standing
}

// Finding is something that a rule objects to.
type Finding struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	Where    string `json:"where"`
	Fix      string `json:"fix,omitempty"`
}

// Seats is how many licences are used. Used is nil where not every site was read.
type Seats struct {
	Used   *int       `json:"used"`
	Limit  int        `json:"limit,omitempty"`
	Unread []string   `json:"unread,omitempty"`
	People []SeatLine `json:"people"`
}

// SeatLine is one person and the seats that they use.
type SeatLine struct {
	Name  string   `json:"name"`
	Seats int      `json:"seats"`
	Why   string   `json:"why"`
	Sites []string `json:"sites"`
}
