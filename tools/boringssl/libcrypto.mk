# The objects of BoringSSL's libcrypto, from the file lists that come with the source. Used by build.sh.
include eureka.mk
sources := $(crypto_sources) $($(ASSEMBLY))
objects := $(addprefix $(OUT)/,$(addsuffix .o,$(sources)))

$(OUT)/libcrypto.a: $(objects)
	rm -f $@
	ar rcsD $@ $(objects)

$(OUT)/%.c.o: %.c
	@mkdir -p $(dir $@)
	$(CC) $(CFLAGS) -Isrc/crypto -Isrc/include -c $< -o $@

$(OUT)/%.S.o: %.S
	@mkdir -p $(dir $@)
	$(CC) $(CFLAGS) -Isrc/include -c $< -o $@
