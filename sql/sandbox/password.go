package sandbox

import (
	"crypto/pbkdf2"
	"crypto/sha512"
	"crypto/subtle"
	"fmt"
)

// A password hash is a two-byte mark, a salt and PBKDF2-HMAC-SHA512 of the password. The engine itself uses one round
// of SHA-512 and the mark 0x0200; few rounds are enough here, where the secrets are those of tests and demos.
const (
	hashRounds = 64
	saltBytes  = 8
	hashBytes  = 2 + saltBytes + sha512.Size
)

var hashMark = [2]byte{0x02, 0x01}

// hashPassword hashes a password with a fresh salt.
func (s *Server) hashPassword(password string) ([]byte, error) {
	salt := make([]byte, saltBytes)
	if err := s.random(salt); err != nil {
		return nil, err
	}
	return hashWithSalt(password, salt)
}

func hashWithSalt(password string, salt []byte) ([]byte, error) {
	key, err := pbkdf2.Key(sha512.New, password, salt, hashRounds, sha512.Size)
	if err != nil {
		return nil, fmt.Errorf("hash a password: %w", err)
	}
	return append(append(hashMark[:], salt...), key...), nil
}

// verifyPassword reports whether password is the one that hash was made from. A hash of another shape fits none.
func verifyPassword(hash []byte, password string) bool {
	if len(hash) != hashBytes || [2]byte(hash) != hashMark {
		return false
	}
	want, err := hashWithSalt(password, hash[2:2+saltBytes])
	return err == nil && subtle.ConstantTimeCompare(hash, want) == 1
}
