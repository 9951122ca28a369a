// Package changes is a plan as a page for reviewers: what changes at each node of the
// navigation tree, what becomes of each person, losers first, and every statement with
// its cause and its reverse. The page is one file, see report/page.
//
// A Plan is plain values. Who makes one leaves out what is nobody's business: no
// password and nothing that leads to a server belongs into it. Names are kept; none of
// them acts in the page.
package changes

import "grantree/report"

// Plan is what a page shows. What is a number into a list counts from 0: of Sites, of
// Views, of Cells (0 is nothing at all), of People.
type Plan struct {
	Made        string `json:"made"`
	Application string `json:"application"`
	Policy      string `json:"policy"`
	Sandbox     bool   `json:"sandbox,omitempty"` // no real site was looked at
	Sum         Sum    `json:"sum"`
	// Cautions are what a reader has to know first; Said what is said of a plan that
	// changes nothing.
	Cautions []Line           `json:"cautions"`
	Said     string           `json:"said,omitempty"`
	Sites    []Site           `json:"sites"`
	Modes    []Mode           `json:"modes"`
	Tree     []report.Node    `json:"tree"`
	Views    []string         `json:"views"`
	Cells    []report.Cells   `json:"cells"`
	Holds    int              `json:"holds"` // cells: the views that a site has
	People   []string         `json:"people"`
	Effects  []Effect         `json:"effects"`
	Grantees []Grantee        `json:"grantees"`
	Members  []Members        `json:"members"`
	Batches  []Batch          `json:"batches"`
	Accounts []Line           `json:"accounts"` // seats, and the logins of servers
	Findings []report.Finding `json:"findings"`
}

// Sum is the plan in numbers: people, statements, and the sites that change of all.
type Sum struct {
	Lose       int `json:"lose"`
	Leave      int `json:"leave"`
	Gain       int `json:"gain"`
	Statements int `json:"statements"`
	Changing   int `json:"changing"`
	Sites      int `json:"sites"`
}

// Line is a sentence with names in it: texts, and between each two of them a list of
// names.
type Line struct {
	Text  []string   `json:"text"`
	Names [][]string `json:"names"`
}

// Site is one site of the plan. One that was not read has its outcome alone.
type Site struct {
	Site        string `json:"site"`
	Read        bool   `json:"read"`
	Outcome     string `json:"outcome,omitempty"` // what stands in the way of the plan
	People      int    `json:"people"`
	Gain        int    `json:"gain"`
	Lose        int    `json:"lose"`
	Leave       int    `json:"leave"`
	Statements  int    `json:"statements"`
	Fingerprint string `json:"fingerprint,omitempty"`
}

// Mode is how far the policy reaches into some sites, and what that leaves undone
// there.
type Mode struct {
	Mode  string `json:"mode"`
	Words string `json:"words"`
	Sites []int  `json:"sites"`
	Left  []Left `json:"left"`
}

// Left is what is undone in sites where it is the same.
type Left struct {
	Sites []int  `json:"sites"`
	Lines []Line `json:"lines"`
}

// Effect is what becomes of some people, and where.
type Effect struct {
	Enters bool    `json:"enters,omitempty"`
	Leaves bool    `json:"leaves,omitempty"`
	Empty  bool    `json:"keeps_nothing,omitempty"`
	More   bool    `json:"gains_more,omitempty"` // beside the application's views
	Less   bool    `json:"loses_more,omitempty"`
	Gains  []Part  `json:"gains,omitempty"`
	Loses  []Part  `json:"loses,omitempty"`
	Gain   int     `json:"gain"` // the same as cells
	Lose   int     `json:"lose"`
	Where  []Crowd `json:"where"`
}

// Part is a node or views in short, with the most that is on one of them: which views
// these are, and what on each, is in the cells.
type Part struct {
	Place string `json:"place"`
	May   string `json:"may"`
}

// Crowd is people in sites.
type Crowd struct {
	People []int `json:"people"`
	Sites  []int `json:"sites"`
}

// Grantee is what a role, or a user by lines of their own, is given and loses on views,
// in sites where it is the same. Lift is what is not denied any more.
type Grantee struct {
	Name   string `json:"name"`
	Of     string `json:"of_group,omitempty"`
	Sites  []int  `json:"sites"`
	Grant  int    `json:"grant"`
	Revoke int    `json:"revoke"`
	Deny   int    `json:"deny"`
	Lift   int    `json:"lift"`
}

// Members is who enters and leaves a role, in sites where it is the same.
type Members struct {
	Role  string   `json:"role"`
	Sites []int    `json:"sites"`
	Add   []string `json:"add,omitempty"`
	Drop  []string `json:"drop,omitempty"`
}

// Batch is the statements for some sites alike, or for a server's logins. They stand in
// a part of the data of their own, which the page reads when it is opened.
type Batch struct {
	ID         string `json:"id"`
	Sites      []int  `json:"sites,omitempty"`
	Server     string `json:"server,omitempty"`
	Changes    int    `json:"changes"`
	Statements int    `json:"statements"`
}
