package sites

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"grantree/grants"
	"grantree/policy"
)

// Shard is one of the parts of a fleet that runs of their own work on, on one
// machine or on many: Index of Of, counted from 0. The zero Shard is the whole fleet.
type Shard struct{ Index, Of int }

// maxShards keeps a slip of the keyboard from being a fleet.
const maxShards = 100_000

// aShard is "i/n".
var aShard = regexp.MustCompile(`^([0-9]{1,9})/([0-9]{1,9})$`)

// ParseShard reads "i/n": the shard of index i, which is counted from 0 as
// schedulers count, of n.
func ParseShard(text string) (Shard, error) {
	m := aShard.FindStringSubmatch(text)
	if m == nil {
		return Shard{}, fmt.Errorf("%q is no shard: want INDEX/COUNT, as 0/3 for the first of 3", text)
	}
	i, _ := strconv.Atoi(m[1])
	n, _ := strconv.Atoi(m[2])
	switch {
	case n == 0 || n > maxShards:
		return Shard{}, fmt.Errorf("%q is no shard: there are 1 to %d", text, maxShards)
	case i >= n:
		return Shard{}, fmt.Errorf("there is no shard %s: they are counted from 0, so the last of %d is %d/%d", text, n, n-1, n)
	}
	return Shard{Index: i, Of: n}, nil
}

// Whole reports whether it is the whole fleet.
func (s Shard) Whole() bool { return s.Of <= 1 }

func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.Of) }

// Has reports whether a site is in the shard. By its name alone, folded as names of
// sites are compared: the first eight bytes of the SHA-256 of that, a big-endian
// number, modulo the number of shards, are the index. This never changes: runs of
// two versions, and of two policies, have to agree on whose a site is.
func (s Shard) Has(site string) bool {
	if s.Whole() {
		return true
	}
	sum := sha256.Sum256([]byte(grants.Collation{}.Key(site)))
	return binary.BigEndian.Uint64(sum[:8])%uint64(s.Of) == uint64(s.Index)
}

// of returns the sites of a list that are in the shard, in their order.
func (s Shard) of(list []policy.Site) []policy.Site {
	if s.Whole() {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(site policy.Site) bool { return !s.Has(site.Name) })
}
