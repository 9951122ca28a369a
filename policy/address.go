package policy

import (
	"net/url"
	"strings"
)

// Address is what a program is told to connect to a server, as SQL Server's own
// programs take it: HOST, HOST,PORT or HOST\INSTANCE; "" where the url is none.
func (s Server) Address() string {
	u, err := url.Parse(s.URL)
	if err != nil {
		return ""
	}
	switch instance := strings.Trim(u.Path, "/"); {
	case u.Port() != "":
		return u.Hostname() + "," + u.Port()
	case instance != "":
		return u.Hostname() + `\` + instance
	}
	return u.Hostname()
}
