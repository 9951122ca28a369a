package policy

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"grantree/finding"
)

// urlOptions returns the options of the driver that a url may have: all but
// those that say who logs in, with what, and to which database.
func urlOptions() []string {
	return []string{"encrypt", "trustservercertificate", "certificate", "servercertificate", "hostnameincertificate", "tlsmin",
		"packet size", "log", "connection timeout", "dial timeout", "keepalive", "serverspn", "workstation id", "app name",
		"applicationintent", "failoverpartner", "failoverport", "failoverpartnerspn", "disableretry", "protocol", "pipe",
		"multisubnetfailover", "notraceid", "guid conversion", "timezone", "epa enabled"}
}

// secret finds the name of an option that carries a secret, in the driver and
// in others, with the = behind it; and a password before a host.
var secret = regexp.MustCompile(`(?i)//[^/?#]*:[^/]*@|(passw|pwd|passphrase|secret|token|assertion|credential|api.?key|access.?key)[\w .+-]*=`)

// holdsSecret reports whether a text holds a secret by the look of it.
func holdsSecret(raw string) bool {
	plain, err := url.QueryUnescape(raw)
	return secret.MatchString(raw) || err == nil && secret.MatchString(plain)
}

// instance is the path of an address: nothing, or the name of an instance, which
// may hold no more than this.
var instance = regexp.MustCompile(`^/?([\pL_][\pL\pN_$#]*/?)?$`)

// serverURL checks a server's address.
func (p *parser) serverURL(s Server, w place) {
	if s.URL == "" {
		p.missing(w, "url", "[server."+s.Name+"]", `add url = "sqlserver://HOST:1433"`)
		return
	}
	const fix = `write it as "sqlserver://HOST:PORT?encrypt=true"`
	u, err := url.Parse(s.URL)
	if err != nil {
		u = &url.URL{}
	}
	_, has := u.User.Password()
	query, wrong := url.ParseQuery(u.RawQuery)
	switch {
	case has || holdsSecret(s.URL):
		p.findings.Errorf(finding.PasswordLiteral, w.at("url"), passwordFix, "the url of server %q holds a password or another secret", s.Name)
	case u.Scheme != "sqlserver" || u.Hostname() == "" || wrong != nil || u.Fragment != "" || !instance.MatchString(u.Path):
		p.findings.Errorf(finding.BadURL, w.at("url"), fix, "the url of server %q is not the address of a SQL Server", s.Name)
	case u.User != nil:
		p.findings.Errorf(finding.BadURL, w.at("url"), userFix, "the url of server %q names a user", s.Name)
	default:
		p.urlOptions(s, query, w)
	}
}

const userFix = `remove it from the url and write user = "…"`

// urlOptions checks the options of a server's address. Not even the name of one
// that is not known is repeated: it may be anything.
func (p *parser) urlOptions(s Server, query url.Values, w place) {
	for key, values := range query {
		lower := strings.ToLower(key)
		switch {
		case lower == "user id":
			p.findings.Errorf(finding.BadURL, w.at("url"), userFix, "the url of server %q names a user", s.Name)
		case lower == "database":
			p.findings.Errorf(finding.BadURL, w.at("url"), "remove database from the url; each [[site]] names its own", "the url of server %q names a database", s.Name)
		case !slices.Contains(urlOptions(), lower):
			p.findings.Errorf(finding.BadURL, w.at("url"), didYouMean(key, urlOptions(), "remove it; docs/policy.md lists the options"),
				"the url of server %q has an option that is not known", s.Name)
		case len(values) > 1:
			p.findings.Errorf(finding.BadURL, w.at("url"), "keep one", "the url of server %q says %s twice", s.Name, lower)
		}
	}
}
