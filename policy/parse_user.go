package policy

import (
	"strings"

	"grantree/catalog"
	"grantree/finding"
)

// user reads a [[user]].
func (p *parser) user(in fileUser, w place) {
	if in.Name == "" {
		p.missing(w, "name", "a [[user]]", `add name = "…"`)
		return
	}
	u := &User{Name: in.Name, Login: in.Name, NewLogin: in.NewLogin, FullName: in.FullName, Email: in.Email, Reason: in.Reason, Until: in.Until,
		Inactive: in.Inactive, InactiveReason: in.OffReason, Was: in.Was, WasLogin: in.WasLogin,
		Groups: in.Groups, Sites: in.Sites, Pos: w.at()}
	loginAt := w.at("name")
	if in.Login != nil {
		u.Login, loginAt = *in.Login, w.at("login")
	}
	u.Auth = p.auth(in.Auth, u.Login, w)
	p.validUser(u, in.Auth != nil, w.at("name"), loginAt)
	u.Also = p.also(in.Also, in.AlsoReason, "user "+quote(u.Name), w)
	for i, a := range in.At {
		at := w.in("at", i)
		u.At = append(u.At, Elsewhere{Sites: a.Sites, Groups: a.Groups, Also: p.also(a.Also, a.AlsoReason, "user "+quote(u.Name), at), Allow: p.allows(a.Allow, at), Deny: p.denies(a.Deny, at, false), Pos: at.at()})
	}
	u.Allow = p.allows(in.Allow, w)
	u.Deny = p.denies(in.Deny, w, false)
	p.p.Users = append(p.p.Users, u)
	p.userAt[u] = w
}

// auth reads what kind of login a user has: that of a name with a backslash is
// an account of Windows (reference A.8), any other has a password unless the
// policy says otherwise.
func (p *parser) auth(in *string, login string, w place) Auth {
	switch {
	case in != nil:
		p.oneOf(*in, "auth", w.at("auth"), string(AuthSQL), string(AuthWindows), string(AuthEntra))
		return Auth(*in)
	case strings.Contains(login, `\`):
		return AuthWindows
	}
	return AuthSQL
}

// waiver reads a [[waiver]].
func (p *parser) waiver(in fileWaiver, w place) {
	v := Waiver{View: catalog.ViewName(in.View), Group: in.Group, User: in.User, Reason: in.Reason, Expires: in.Expires, Pos: w.at()}
	if in.View == "" {
		p.missing(w, "view", "a [[waiver]]", `add view = "…", the child view that may give more than its parent`)
		return
	}
	ok := p.viewName(v.View, w.at("view"))
	if in.Reason == "" {
		p.missing(w, "reason", "the waiver of "+quote(in.View), "say which special circumstances make it right")
	}
	if in.Group != "" && in.User != "" {
		p.findings.Errorf(finding.WaiverTwoSubjects, w.at(), "make a waiver of each", "the waiver of %q names both a group and a user", in.View)
	}
	if ok {
		p.p.Waivers = append(p.p.Waivers, v)
	}
}

// test reads a [[test]].
func (p *parser) test(in fileTest, w place) {
	t := Test{User: in.User, Sites: in.Sites, On: in.On, Pos: w.at()}
	t.Always = p.permissions(in.Always, "always", w)
	t.Never = p.permissions(in.Never, "never", w)
	if t.User == "" {
		p.missing(w, "user", "a [[test]]", `add user = "…"`)
	}
	switch {
	case t.On == "":
		p.missing(w, "on", "a [[test]]", `add on = "…", a view, a node or an area`)
	case p.p.looksLikeView(t.On):
	default:
		if _, failed := p.p.Catalog.Resolve(t.On); failed != nil {
			p.lookup(failed, w.at("on"))
			t.On = ""
		}
	}
	both := t.Always.Intersect(t.Never)
	switch {
	case len(in.Always)+len(in.Never) == 0:
		p.findings.Errorf(finding.TestWithoutExpectation, w.at(), `add always = ["select"] or never = ["select"]`, "this test expects nothing")
	case !both.IsEmpty():
		p.findings.Errorf(finding.TestContradicts, w.at(), "remove it from one of them", "this test expects %s both always and never", both)
	}
	if t.User != "" && t.On != "" {
		p.p.Tests = append(p.p.Tests, t)
	}
}
