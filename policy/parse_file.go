package policy

import (
	"time"

	"grantree/tomldoc"
)

// The types below are the shape of a policy file. The parse_*.go files turn
// them into a Policy. A pointer tells a key that is missing from an empty one.

type filePolicy struct {
	Include []string `toml:"include"`

	Catalog   *fileCatalog           `toml:"catalog"`
	License   *fileLicense           `toml:"license"`
	Policy    *fileSettings          `toml:"policy"`
	Passwords *filePasswords         `toml:"passwords"`
	Approval  *fileApproval          `toml:"approval"`
	Ledger    *fileLedger            `toml:"ledger"`
	Glass     *fileBreakGlass        `toml:"break_glass"`
	Servers   map[string]*fileServer `toml:"server"`
	Sites     []fileSite             `toml:"site"`
	Groups    []fileGroup            `toml:"group"`
	Users     []fileUser             `toml:"user"`
	Waivers   []fileWaiver           `toml:"waiver"`
	Outsiders []fileOutsider         `toml:"outsider"`
	Modules   []fileModule           `toml:"module"`
	Nevers    []fileNever            `toml:"never"`
	Tests     []fileTest             `toml:"test"`

	Confidential []fileConfidential `toml:"confidential"`
	Reviews      []fileReview       `toml:"review"`
}

type fileCatalog struct {
	Extends *string `toml:"extends"`
	File    string  `toml:"file"`
}

type fileLicense struct {
	Seats  *int64   `toml:"seats"`
	Exempt []string `toml:"exempt"`
	Home   *string  `toml:"home"`
}

type fileSettings struct {
	Extends        *string  `toml:"extends"`
	Adopt          []string `toml:"adopt"`
	MaxLoss        *float64 `toml:"max_loss"`
	Administrators *string  `toml:"administrators"`
	Without        []string `toml:"without"`
	AdoptLogins    []string `toml:"adopt_logins"`
	Leavers        *string  `toml:"leavers"`
	Mode           *string  `toml:"mode"`
}

type fileApproval struct {
	Needs []string `toml:"needs"`
}

type fileLedger struct {
	Table  *string `toml:"table"`
	Engine bool    `toml:"engine"`
}

type fileBreakGlass struct {
	Groups []string `toml:"groups"`
	Max    *string  `toml:"max"`
}

type filePasswords struct {
	MustChange *bool `toml:"must_change"`
	Policy     *bool `toml:"check_policy"`
	Expiration *bool `toml:"check_expiration"`
}

type fileServer struct {
	URL          string `toml:"url"`
	User         string `toml:"user"`
	PasswordEnv  string `toml:"password_env"`
	PasswordFile string `toml:"password_file"`
	Integrated   bool   `toml:"integrated"`
	Password     any    `toml:"password"` // known only to be refused

	LoginAudit          string `toml:"login_audit"`
	LoginAuditFiles     *int   `toml:"login_audit_files"`
	LoginAuditMegabytes *int   `toml:"login_audit_megabytes"`
}

type fileSite struct {
	Name      string   `toml:"name"`
	Server    string   `toml:"server"`
	Database  string   `toml:"database"`
	Ignore    []string `toml:"ignore"`
	Contained bool     `toml:"contained"`
	Retired   bool     `toml:"retired"`
	Reason    string   `toml:"reason"`
	Mode      *string  `toml:"mode"`
}

type fileGroup struct {
	Name     string      `toml:"name"`
	Role     *string     `toml:"role"`
	Sites    []string    `toml:"sites"`
	Copies   string      `toml:"copies"`
	Without  []string    `toml:"without"`
	Was      string      `toml:"was"`
	Baseline *bool       `toml:"baseline"`
	Allow    []fileAllow `toml:"allow"`
	Deny     []fileDeny  `toml:"deny"`
}

type fileAllow struct {
	On          string   `toml:"on"`
	View        string   `toml:"view"`
	Views       string   `toml:"views"`
	Permissions []string `toml:"permissions"`
	Except      []string `toml:"except"`
	Reason      string   `toml:"reason"`
	Source      string   `toml:"source"`

	Until tomldoc.Moment `toml:"until"`
}

type fileDeny struct {
	fileAllow
	Overrides bool `toml:"overrides"`
}

type fileUser struct {
	Name       string      `toml:"name"`
	Login      *string     `toml:"login"`
	NewLogin   bool        `toml:"new_login"`
	Auth       *string     `toml:"auth"`
	FullName   string      `toml:"full_name"`
	Email      string      `toml:"email"`
	Reason     string      `toml:"reason"`
	Was        string      `toml:"was"`
	WasLogin   string      `toml:"was_login"`
	Inactive   bool        `toml:"inactive"`
	OffReason  string      `toml:"inactive_reason"`
	Also       []string    `toml:"also"`
	AlsoReason string      `toml:"also_reason"`
	Groups     []string    `toml:"groups"`
	Sites      []string    `toml:"sites"`
	At         []fileAt    `toml:"at"`
	Allow      []fileAllow `toml:"allow"`
	Deny       []fileDeny  `toml:"deny"`

	Until tomldoc.Moment `toml:"until"`
}

type fileAt struct {
	Sites      []string    `toml:"sites"`
	Groups     []string    `toml:"groups"`
	Also       []string    `toml:"also"`
	AlsoReason string      `toml:"also_reason"`
	Allow      []fileAllow `toml:"allow"`
	Deny       []fileDeny  `toml:"deny"`
}

type fileWaiver struct {
	View    string    `toml:"view"`
	Group   string    `toml:"group"`
	User    string    `toml:"user"`
	Reason  string    `toml:"reason"`
	Expires time.Time `toml:"expires"`
}

type fileOutsider struct {
	Name   string         `toml:"name"`
	Sites  []string       `toml:"sites"`
	May    []string       `toml:"may"`
	People *int64         `toml:"people"`
	Reason string         `toml:"reason"`
	Until  tomldoc.Moment `toml:"until"`
}

type fileModule struct {
	Name   string `toml:"name"`
	Reason string `toml:"reason"`
}

type fileNever struct {
	Permissions []string `toml:"permissions"`
	On          string   `toml:"on"`
	With        []string `toml:"with"`
	WithOn      string   `toml:"with_on"`
	Except      []string `toml:"except"`
	Reason      string   `toml:"reason"`
}

type fileConfidential struct {
	View   string   `toml:"view"`
	Groups []string `toml:"groups"`
	Reason string   `toml:"reason"`
}

type fileReview struct {
	Reviewer string   `toml:"reviewer"`
	Groups   []string `toml:"groups"`
	Sites    []string `toml:"sites"`
}

type fileTest struct {
	User   string   `toml:"user"`
	Sites  []string `toml:"sites"`
	On     string   `toml:"on"`
	Always []string `toml:"always"`
	Never  []string `toml:"never"`
}
