package sites

import (
	"bytes"
	"crypto/sha256"
	"io"
	"net"
	"sync"
	"testing"
)

// player is a server that answers each message as another one did before, whoever
// asks and however often: a thousand sites cost it nothing. Once it was told to play
// it knows no more messages.
type player struct {
	net.Listener
	target string

	mu      sync.Mutex
	answers map[[sha256.Size]byte][]byte
	plays   bool
	unknown int // messages that it had no answer to
}

func newPlayer(tb testing.TB, target string) *player {
	p := &player{target: target, answers: map[[sha256.Size]byte][]byte{}}
	p.Listener = listening(tb, p.serve)
	return p
}

func (p *player) url() string { return "sqlserver://" + p.Addr().String() + "?encrypt=disable" }

// play ends the recording.
func (p *player) play() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plays = true
}

func (p *player) serve(client net.Conn) {
	defer client.Close()
	p.mu.Lock()
	plays := p.plays
	p.mu.Unlock()
	var server net.Conn
	if !plays {
		var err error
		if server, err = net.Dial("tcp", p.target); err != nil {
			return
		}
		defer server.Close()
	}
	for {
		packets, key, err := message(client)
		if err != nil {
			return
		}
		p.mu.Lock()
		answer, known := p.answers[key]
		if plays && !known {
			p.unknown++
		}
		p.mu.Unlock()
		if plays && !known {
			return
		}
		if !plays {
			if _, err := server.Write(packets); err != nil {
				return
			}
			if answer, _, err = message(server); err != nil {
				return
			}
			p.mu.Lock()
			if !known {
				p.answers[key] = answer
			}
			p.mu.Unlock()
		}
		if _, err := client.Write(answer); err != nil {
			return
		}
	}
}

// message reads one message: its packets, and what it says. What a client says of
// itself when it logs in is not looked at.
func message(from io.Reader) (packets []byte, says [sha256.Size]byte, err error) {
	const prelogin, login = 0x12, 0x10
	var all, text bytes.Buffer
	header := make([]byte, 8)
	for {
		if _, err := io.ReadFull(from, header); err != nil {
			return nil, says, err
		}
		body := make([]byte, int(header[2])<<8|int(header[3])-8)
		if _, err := io.ReadFull(from, body); err != nil {
			return nil, says, err
		}
		all.Write(header)
		all.Write(body)
		if text.WriteByte(header[0]); header[0] != prelogin && header[0] != login {
			text.Write(body)
		}
		if header[1]&1 != 0 {
			return all.Bytes(), sha256.Sum256(text.Bytes()), nil
		}
	}
}
