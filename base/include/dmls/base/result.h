#pragma once
// Result<T>: a value or an Error. The subset of std::expected (C++23) that we use, under the same names, so that it can
// become an alias one day.

#include <dmls/base/error.h>

#include <memory>
#include <type_traits>
#include <utility>

namespace dmls {

// Unexpected carries an Error into any Result.
struct Unexpected {
  Error error;  // why there is no value
};

// fail(code, rule) is what a function returns to say that `rule` was broken.
[[nodiscard]] constexpr Unexpected fail(Errc code, const char* rule) { return {{code, rule}}; }
// Passes on an Error that is at hand.
[[nodiscard]] constexpr Unexpected fail(Error error) { return {error}; }

// Result holds a T or an Error. To ask it for the one that it does not hold is a bug of the caller: `*`, `->` and
// error() panic. Written by hand rather than over std::variant: every file includes it, and it stays free of
// exceptions.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;  // as in std::expected

  // Implicit, so that a function can return its value as it is.
  Result(T value) : ok_(true), value_(std::move(value)) {}
  // What fail() gives.
  Result(Unexpected u) : ok_(false), error_(u.error) {}
  // What converts to T.
  template <class U>
  requires(!std::is_same_v<std::remove_cvref_t<U>, T> && !std::is_same_v<std::remove_cvref_t<U>, Result> &&
           !std::is_same_v<std::remove_cvref_t<U>, Unexpected> && std::is_convertible_v<U, T>) Result(U&& value)
      : ok_(true), value_(std::forward<U>(value)) {}

  // `other` goes on holding what it held, a value that was moved from or the error.
  Result(Result&& other) noexcept : ok_(other.ok_) { adopt(std::move(other)); }
  // Only of what can be copied.
  Result(const Result& other) requires std::is_copy_constructible_v<T> : ok_(other.ok_) { adopt(other); }
  Result& operator=(Result other) noexcept {
    destroy();
    ok_ = other.ok_;
    adopt(std::move(other));
    return *this;
  }
  ~Result() { destroy(); }

  // False: there is an error(). As the conversion to bool.
  [[nodiscard]] bool has_value() const noexcept { return ok_; }
  explicit operator bool() const noexcept { return ok_; }

  T& operator*() & { return check(), value_; }
  const T& operator*() const& { return check(), value_; }
  T&& operator*() && { return check(), std::move(value_); }
  T* operator->() { return check(), &value_; }
  const T* operator->() const { return check(), &value_; }

  // Why there is no value.
  [[nodiscard]] const Error& error() const {
    if (ok_) panic("Result::error() called on a value");
    return error_;
  }

 private:
  template <class Other>
  void adopt(Other&& other) {
    if (ok_) {
      std::construct_at(&value_, std::forward<Other>(other).value_);
    } else {
      std::construct_at(&error_, other.error_);
    }
  }
  void destroy() {
    if (ok_) std::destroy_at(&value_);
  }
  void check() const {
    if (!ok_) panic("a Result was dereferenced that holds an error");
  }

  bool ok_;
  union {
    T value_;      // if ok_
    Error error_;  // else
  };
};

// What a Result<void> holds when all went well.
struct Unit {};

// The answer of a function that gives nothing back, and may fail.
template <>
class [[nodiscard]] Result<void> : public Result<Unit> {
 public:
  // All went well: `return {};`.
  Result() : Result<Unit>(Unit{}) {}
  // What fail() gives.
  Result(Unexpected u) : Result<Unit>(u) {}
};

}  // namespace dmls

// One token out of two as they are written; for DMLS_CAT only.
#define DMLS_CAT_(a, b) a##b
// One token out of two that may be macros; for DMLS_TRY only.
#define DMLS_CAT(a, b) DMLS_CAT_(a, b)
#define DMLS_TRY_IMPL_(tmp, declaration, ...) \
  auto tmp = (__VA_ARGS__);                   \
  if (!tmp) return ::dmls::fail(tmp.error()); \
  declaration = *std::move(tmp)

// DMLS_TRY(auto x, f());   binds x to the value of f(), or returns its error from the enclosing function.
#define DMLS_TRY(declaration, ...) DMLS_TRY_IMPL_(DMLS_CAT(dmls_try_, __LINE__), declaration, __VA_ARGS__)

// DMLS_CHECK(f());   returns the error of f() from the enclosing function, if there is one.
#define DMLS_CHECK(...)                                                                                 \
  do {                                                                                                  \
    if (auto dmls_checked_ = (__VA_ARGS__); !dmls_checked_) return ::dmls::fail(dmls_checked_.error()); \
  } while (false)
