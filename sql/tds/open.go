package tds

import (
	"errors"
	"fmt"
	"time"
)

// The greatest sizes of the messages before the login.
const (
	maxPrelogin = 4 << 10
	maxLogin    = 128<<10 - 1
)

// errRefused is a connection that ended with a refusal, which the client has been
// told.
var errRefused = errors.New("refused")

// open runs a connection up to the accepted login: PRELOGIN, TLS, LOGIN7. All of it
// has to be over within the login timeout.
func (c *Conn) open() error {
	c.raw.SetReadDeadline(time.Now().Add(c.srv.loginTimeout()))
	if err := c.strict(); err != nil {
		return err
	}
	m, err := c.read.message(maxLogin)
	if err != nil {
		return c.badLogin(err)
	}
	if m.typ == packetPrelogin {
		if m, err = c.prelogin(m.data); err != nil {
			return err
		}
	} else if c.srv.RequireEncryption && c.tls == nil {
		c.refuse(says(17835))
		return fmt.Errorf("%w: the client did not ask for encryption", errRefused)
	}
	if c.mode == modeLogin {
		c.stopTLS()
	}
	if m.typ != packetLogin {
		c.refuse(says(17832))
		return fmt.Errorf("packet of type %d instead of a login", m.typ)
	}
	c.raw.SetReadDeadline(time.Time{})
	return c.login(m.data)
}

// badLogin tells a client whose login could not be read.
func (c *Conn) badLogin(err error) error {
	if errors.Is(err, errTooLong) {
		if c.mode == modeLogin {
			c.stopTLS()
		}
		c.refuse(says(17832))
	}
	return err
}

// strict runs the TLS handshake of a client that starts with it, as TDS 8.0 does: everything after it is encrypted. Where
// the server has no certificate the client is turned away in a way that it understands.
func (c *Conn) strict() error {
	first, err := c.in.Peek(1)
	if err != nil || first[0] != tlsHandshakeByte {
		return err
	}
	if c.srv.TLSConfig == nil {
		c.raw.SetWriteDeadline(time.Now().Add(c.srv.writeTimeout()))
		c.raw.Write(strictRefusal)
		return fmt.Errorf("%w: TDS 8.0 (strict encryption) needs a certificate", errRefused)
	}
	c.mode = modeFull
	return c.startTLS(tds8(c.srv.TLSConfig), false)
}

// prelogin answers a PRELOGIN, runs the TLS handshake that follows from it and returns
// the message after that, which should be the login.
func (c *Conn) prelogin(b []byte) (message, error) {
	var p Prelogin
	if err := p.Decode(b); err != nil || len(b) > maxPrelogin {
		c.refuse(says(17828))
		return message{}, errors.Join(errRefused, err)
	}
	reply, mode := negotiate(p.Encryption(), c.srv.encryption())
	if c.tls != nil { // TDS 8.0: the option means nothing any more
		reply, mode = EncryptNotSupported, c.mode
	}
	c.mode = mode
	if err := c.out.send(c.srv.preloginReply(&p, reply).Append(nil), true); err != nil {
		return message{}, err
	}
	if c.tls == nil && (mode == modeLogin || mode == modeFull) {
		if err := c.startTLS(tls12(c.srv.TLSConfig), true); err != nil {
			return message{}, err
		}
	}
	m, err := c.read.message(maxLogin)
	if err != nil {
		return m, c.badLogin(err)
	}
	if mode == modeRefused {
		c.refuse(says(17835))
		return m, fmt.Errorf("%w: the client and the server cannot agree on encryption", errRefused)
	}
	return m, nil
}

// preloginReply is the answer to a PRELOGIN: no MARS, no federated authentication, and a client's trace without its data.
func (s *Server) preloginReply(p *Prelogin, encryption byte) *Prelogin {
	v := s.version()
	reply := &Prelogin{Options: []PreloginOption{
		{PreloginVersion, append(v[:], 0, 0)},
		{PreloginEncryption, []byte{encryption}},
		{PreloginInstance, []byte{0}},
		{PreloginThreadID, nil},
		{PreloginMARS, []byte{0}},
	}}
	if _, asked := p.Option(PreloginTraceID); asked {
		reply.Options = append(reply.Options, PreloginOption{PreloginTraceID, nil})
	}
	if _, asked := p.Option(PreloginFedAuth); asked {
		reply.Options = append(reply.Options, PreloginOption{PreloginFedAuth, []byte{0}})
	}
	return reply
}

// login decides on a LOGIN7 and answers it.
func (c *Conn) login(b []byte) error {
	var l Login
	err := l.Decode(b)
	if err == nil && levelOf(l.Version) < level71 {
		err = fmt.Errorf("login: protocol version %08X is not supported", l.Version)
	}
	if err != nil {
		c.refuse(says(17832))
		return err
	}
	if levelOf(l.Version) > level74 || l.Version == Version80 && c.mode != modeFull {
		l.Version = Version74
	}
	c.version = l.Version
	switch {
	case l.Integrated:
		c.refuse(says(18452))
		return nil
	case !c.srv.admit(c):
		c.refuse(says(17809, c.srv.maxConns()))
		return fmt.Errorf("%w: more than %d connections", errRefused, c.srv.maxConns())
	}
	session, reply, err := c.srv.Handler.Login(c.ctx, c, &l)
	if err != nil {
		c.refuse(refusals(err, l.UserName)...)
		return nil
	}
	c.session = session
	return c.welcome(&l, reply)
}

// welcome sends the answer to an accepted login, in the order of a real server. The
// packet size changes after it; a smaller one is used at once.
func (c *Conn) welcome(l *Login, r LoginReply) error {
	c.server = r.ServerName
	if r.Collation == (Collation{}) {
		r.Collation = DefaultCollation
	}
	if r.Version == [4]byte{} {
		r.Version = c.srv.version()
	}
	size := packetSize(l.PacketSize)
	w := c.writer(c.stop, false)
	for i := range r.Messages {
		w.Error(&r.Messages[i])
	}
	w.DatabaseChanged(r.Database, "master")
	w.LanguageChanged(r.Language, "")
	w.change(EnvChange{Type: EnvCollation, New: string(r.Collation[:])})
	w.token(LoginAck{1, c.version, "Microsoft SQL Server", r.Version}.append)
	w.change(packetSizeChange(size, c.out.size))
	c.out.size = min(c.out.size, size)
	w.failed = false // a login with errors before it has not failed
	if err := w.finish(); err != nil {
		return err
	}
	c.out.size = size
	return nil
}

// packetSize is the size that a client gets that asks for n bytes.
func packetSize(n int) int {
	if n == 0 {
		return defaultPacketSize
	}
	return min(max(n, minPacketSize), maxPacketSize)
}
